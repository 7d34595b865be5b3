import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../../build/stacks.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { at, compileTimeoutMs, ofType, type Stage, stageOf, stages } from './stage.ts';

let everyStage: Stage[];
beforeAll(async () => {
  everyStage = [];
  for (const stage of stages) everyStage.push(await stageOf(stage));
}, compileTimeoutMs);

type Logs = {
  accessLogging: boolean;
  executionLogging: boolean;
  roleManagedExternally: boolean;
  format: string;
};
const { restApi } = (
  parse(readFileSync(join(root, 'shared/serverless/provider.yml'), 'utf8')) as { logs: { restApi: Logs } }
).logs;
const fields = JSON.parse(restApi.format) as Record<string, string>;

describe('the access log of an API', () => {
  test('has a log group with the API, in every stage', () => {
    for (const stage of everyStage) {
      const apis = nonEmpty(ofType(stage, 'AWS::ApiGateway::RestApi'));
      const groups = ofType(stage, 'AWS::Logs::LogGroup').map((group) => String(at(group, 'LogGroupName')));
      const missing = apis
        .map((api) => `/aws/api-gateway/${String(at(api, 'Name'))}`)
        .filter((name) => !groups.includes(name));
      expect(missing).toEqual([]);
    }
  });

  test('is one line of JSON that says who asked for what, and what was answered', () => {
    expect(restApi.format).not.toContain('\n');
    expect(Object.keys(fields)).toEqual(
      expect.arrayContaining([
        'requestId',
        'clientAddress',
        'userId',
        'apiKeyId',
        'method',
        'route',
        'status',
      ]),
    );
    // A value that is missing is `-`: outside quotes it would not be JSON.
    for (const value of Object.values(fields)) expect(value).toMatch(/^\$context\.[\w.]+$/);
  });

  test('contains no header, query or body, which may hold personal data', () => {
    const forbidden = /header|querystring|body|userAgent|\$input|\$context\.identity\.(?!sourceIp)/i;
    expect(Object.values(fields).filter((value) => forbidden.test(value))).toEqual([]);
  });

  test('is the only log of API Gateway: execution logs contain whole requests', () => {
    expect(restApi).toMatchObject({
      accessLogging: true,
      executionLogging: false,
      roleManagedExternally: true,
    });
  });
});
