import { createSocket } from 'node:dgram';
import type { SNSEvent, SQSEvent } from 'aws-lambda';
import { randomHex } from '../random-hex.ts';
import type { Invoke } from './invoke.ts';

/** The attribute in which SNS and SQS pass on the trace of a message (X-Ray, "Amazon SQS and AWS X-Ray"). */
export const traceAttribute = 'AWSTraceHeader';

/** A link to the trace of another request (X-Ray, "Tracing event-driven applications"). */
type Link = { trace_id: string; id?: string };
type Context = { root: string; parent?: string | undefined; links: Link[] };

/** Sends segments to an X-Ray daemon. */
export type SegmentSender = { send: (segment: object) => void; close: () => void };

/** @param address `host:port`; a datagram that is lost is a lost segment, as with a real daemon */
export function segmentSender(address: string): SegmentSender {
  const [host, port] = address.split(':');
  const socket = createSocket('udp4');
  socket.unref();
  return {
    send: (segment) =>
      socket.send(`{"format":"json","version":1}\n${JSON.stringify(segment)}`, Number(port), host),
    close: () => socket.close(),
  };
}

/**
 * Gives each invocation a trace header and sends a segment for it, as the Lambda service does with active tracing. An
 * invocation by HTTP, by another function or by a topic continues the caller's trace. One by a queue starts a trace with
 * links to those of its messages.
 */
export function tracedInvoke(invoke: Invoke, { send }: Pick<SegmentSender, 'send'>): Invoke {
  return async (name, payload, { traceId = '' } = {}) => {
    const { root, parent, links, event } = contextOf(payload, traceId);
    const id = randomHex(16);
    const startTime = Date.now() / 1000;
    let failed = true;
    try {
      const result = await invoke(name, event, { traceId: `Root=${root};Parent=${id};Sampled=1` });
      failed = result.failure !== undefined;
      return result;
    } finally {
      send({
        name,
        id,
        trace_id: root,
        ...(parent === undefined ? {} : { parent_id: parent }),
        ...(links.length === 0 ? {} : { links }),
        start_time: startTime,
        end_time: Date.now() / 1000,
        origin: 'AWS::Lambda::Function',
        ...(failed ? { fault: true } : {}),
      });
    }
  };
}

/** `1-`, the time in seconds, and 96 bits (X-Ray, "Sending trace data to X-Ray"). */
export const newTraceId = (): string => `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomHex(24)}`;

/** The trace that an invocation continues or starts, and its event, with trace headers where AWS has them. */
function contextOf(payload: string, header: string): Context & { event: string } {
  const upstream = parse(header);
  if (upstream.root !== undefined)
    return { root: upstream.root, parent: upstream.parent, links: [], event: payload };
  if (!payload.includes(traceAttribute)) return { root: newTraceId(), links: [], event: payload };
  const event = JSON.parse(payload) as Partial<SQSEvent & SNSEvent>;
  const links: Link[] = [];
  let continued: ReturnType<typeof parse> = {};
  for (const record of (event.Records ?? []) as (SQSEvent['Records'][number] &
    SNSEvent['Records'][number])[]) {
    const attributes = record.Sns?.MessageAttributes ?? record.messageAttributes ?? {};
    const sent = attributes[traceAttribute] as { Value?: string; stringValue?: string } | undefined;
    delete attributes[traceAttribute];
    const found = parse(sent?.Value ?? sent?.stringValue ?? '');
    if (found.root === undefined) continue;
    if (record.Sns !== undefined) continued = found;
    else {
      record.attributes[traceAttribute] = sent?.stringValue ?? '';
      links.push({ trace_id: found.root, ...(found.parent === undefined ? {} : { id: found.parent }) });
    }
  }
  return {
    root: continued.root ?? newTraceId(),
    parent: continued.parent,
    links,
    event: JSON.stringify(event),
  };
}

/** `Root=…;Parent=…;Sampled=1`. */
function parse(header: string): { root?: string; parent?: string } {
  const fields = Object.fromEntries(header.split(';').map((field) => field.split('=')));
  return {
    ...(fields.Root === undefined ? {} : { root: fields.Root }),
    ...(fields.Parent === undefined ? {} : { parent: fields.Parent }),
  };
}
