import { withTrace } from '../aws-endpoint/sns-trace.ts';
import type { Invoke } from './invoke.ts';
import { newTraceId, tracedInvoke } from './tracing.ts';

type Sent = {
  name: string;
  id: string;
  trace_id: string;
  parent_id?: string;
  links?: object[];
  fault?: true;
};
const upstream = 'Root=1-69000000-0123456789abcdef01234567;Parent=89abcdef01234567;Sampled=1';
const root = '1-69000000-0123456789abcdef01234567';
const parent = '89abcdef01234567';

/** Invokes a function under a tracer; what the function got, and the segment that was sent. */
async function traced(event: object, { traceId = '', invoke = undefined as Invoke | undefined } = {}) {
  const segments: Sent[] = [];
  let seen = { payload: '', traceId: '' };
  const succeed: Invoke = async (_, payload, options) => {
    seen = { payload, traceId: options?.traceId ?? '' };
    return { requestId: '1', payload: 'null' };
  };
  const run = tracedInvoke(invoke ?? succeed, { send: (segment) => segments.push(segment as Sent) });
  await run('fn', JSON.stringify(event), { traceId }).catch(() => undefined);
  const [segment] = segments;
  return { segment: segment!, header: seen.traceId, event: JSON.parse(seen.payload || 'null') };
}

describe('an invocation', () => {
  test("continues its caller's trace, with its segment as the parent of what it does", async () => {
    const { segment, header } = await traced({}, { traceId: upstream });
    expect(segment).toMatchObject({
      name: 'fn',
      trace_id: root,
      parent_id: parent,
      origin: 'AWS::Lambda::Function',
    });
    expect(header).toBe(`Root=${root};Parent=${segment.id};Sampled=1`);
  });

  test('without a caller starts a trace', async () => {
    const { segment } = await traced({ body: 'AWSTraceHeader is only text here' });
    expect(segment.trace_id).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(segment).not.toHaveProperty('parent_id');
    expect(newTraceId()).not.toBe(segment.trace_id);
  });

  test('by a queue starts a trace that is linked to those of its messages', async () => {
    const attribute = { dataType: 'String', stringValue: upstream };
    const { segment, event } = await traced({
      Records: [
        { attributes: {}, messageAttributes: { AWSTraceHeader: attribute, type: { dataType: 'String' } } },
        { attributes: {}, messageAttributes: {} },
      ],
    });
    expect(segment.trace_id).not.toBe(root);
    expect(segment.links).toEqual([{ trace_id: root, id: parent }]);
    expect(event.Records[0]).toEqual({
      attributes: { AWSTraceHeader: upstream },
      messageAttributes: { type: { dataType: 'String' } },
    });
  });

  test("by a topic continues the publisher's trace", async () => {
    const attribute = { Type: 'String', Value: upstream };
    const { segment, event } = await traced({
      Records: [{ Sns: { MessageAttributes: { AWSTraceHeader: attribute } } }],
    });
    expect(segment).toMatchObject({ trace_id: root, parent_id: parent });
    expect(event.Records[0].Sns.MessageAttributes).toEqual({});
  });

  test.each<[string, Invoke]>([
    ['fails', async () => ({ requestId: '1', payload: '{}', failure: 'error' })],
    ['is refused', () => Promise.reject(new Error('throttled'))],
  ])('that %s is a fault', async (_, invoke) => {
    expect((await traced({}, { invoke })).segment).toMatchObject({ fault: true });
  });
});

describe('a publish', () => {
  test('adds its trace to each message, after its own attributes', () => {
    const entry = 'PublishBatchRequestEntries.member';
    const params = {
      Action: 'PublishBatch',
      [`${entry}.1.Id`]: 'a',
      [`${entry}.1.MessageAttributes.entry.1.Name`]: 'type',
      [`${entry}.2.Id`]: 'b',
    };
    expect(withTrace(params, upstream)).toMatchObject({
      ...params,
      [`${entry}.1.MessageAttributes.entry.2.Name`]: 'AWSTraceHeader',
      [`${entry}.1.MessageAttributes.entry.2.Value.StringValue`]: upstream,
      [`${entry}.2.MessageAttributes.entry.1.Name`]: 'AWSTraceHeader',
    });
    expect(withTrace({ Action: 'Publish' }, upstream)).toMatchObject({
      'MessageAttributes.entry.1.Value.StringValue': upstream,
    });
  });

  test('without a sampled trace is sent as it is', () => {
    const params = { Action: 'Publish' };
    for (const header of [undefined, '', `Root=${root}`]) expect(withTrace(params, header)).toBe(params);
  });
});
