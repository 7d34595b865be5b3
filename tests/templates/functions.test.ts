import { createRequire } from 'node:module';
import { nonEmpty } from '../setup/non-empty.ts';
import {
  at,
  compileTimeoutMs,
  nameOf,
  ofType,
  type Resource,
  type Stage,
  stageOf,
  stages,
  violations,
} from './stage.ts';

let everyStage: Stage[];
beforeAll(async () => {
  everyStage = [];
  for (const stage of stages) everyStage.push(await stageOf(stage));
}, compileTimeoutMs);

const functionsOf = (stage: Stage): Resource[] => ofType(stage, 'AWS::Lambda::Function');
const environmentOf = (each: Resource): Record<string, string> =>
  (at(each, 'Environment', 'Variables') ?? {}) as Record<string, string>;

/** The function of a name or an ARN, with or without an alias. */
function functionOf(stage: Stage, reference: unknown): Resource | undefined {
  const name = String(reference).split(':function:').at(-1)?.split(':')[0];
  return functionsOf(stage).find((each) => each.value('ref') === name);
}

describe('every function', () => {
  test('has a role that no other has', () => {
    for (const stage of everyStage) {
      const roles = nonEmpty(functionsOf(stage)).map((each) => String(at(each, 'Role')));
      expect(roles.filter((role, index) => roles.indexOf(role) !== index)).toEqual([]);
    }
  });

  test('has no variable that is named or looks like a secret', () => {
    for (const stage of everyStage)
      for (const each of functionsOf(stage))
        for (const [name, value] of Object.entries(environmentOf(each))) {
          const isReference = /_(SECRET_ID|SECRET_ARN|SECRET_NAME)$/.test(name);
          const isSecret =
            (/(PASSWORD|SECRET|TOKEN|API_?KEY|CREDENTIAL|PRIVATE)/.test(name) && !isReference) ||
            /\{\{resolve:|^(sk|rk|whsec)_/.test(value);
          expect([nameOf(each), name, isSecret]).toEqual([nameOf(each), name, false]);
        }
  });

  test('is in the VPC when it calls a database or Redis, and not otherwise', () => {
    // A tiny stage has no function in the VPC (network.test.ts).
    for (const stage of everyStage.filter(({ name }) => name !== 'tiny')) {
      for (const each of functionsOf(stage)) {
        const calls = Object.keys(environmentOf(each)).some((name) =>
          /^(DATABASE|REDIS)_\w*HOSTS?$/.test(name),
        );
        expect([nameOf(each), at(each, 'VpcConfig') !== undefined]).toEqual([nameOf(each), calls]);
      }
    }
  });

  test('asks Node for source maps only if its bundle has one', () => {
    const { sourcemap } = createRequire(import.meta.url)('../../shared/serverless/esbuild.config.cjs')() as {
      sourcemap: unknown;
    };
    expect(sourcemap).toBe(false);
    for (const stage of everyStage)
      for (const each of functionsOf(stage))
        expect([nameOf(each), String(environmentOf(each)['NODE_OPTIONS'])]).toEqual([
          nameOf(each),
          expect.not.stringContaining('source-maps'),
        ]);
  });

  test('invoked by S3, SNS or a schedule keeps its failed events', () => {
    for (const stage of everyStage) {
      const called = [
        ...nonEmpty(
          ofType(stage, 'AWS::SNS::Subscription').filter((each) => at(each, 'Protocol') === 'lambda'),
        ).map((each) => at(each, 'Endpoint')),
        ...nonEmpty(
          ofType(stage, 'AWS::Events::Rule').flatMap((rule) =>
            ((at(rule, 'Targets') ?? []) as { Arn: string }[])
              .map(({ Arn }) => Arn)
              .filter((arn) => arn.includes(':function:')),
          ),
        ),
        ...nonEmpty(
          ofType(stage, 'AWS::S3::Bucket').flatMap((bucket) =>
            (
              (at(bucket, 'NotificationConfiguration', 'LambdaConfigurations') ?? []) as {
                Function: string;
              }[]
            ).map(({ Function: arn }) => arn),
          ),
        ),
      ];
      const kept = new Set(
        ofType(stage, 'AWS::Lambda::EventInvokeConfig')
          .filter((each) => at(each, 'DestinationConfig', 'OnFailure', 'Destination') !== undefined)
          .map((each) => functionOf(stage, at(each, 'FunctionName'))?.value('ref')),
      );
      const lost = called
        .map((arn) => functionOf(stage, arn)?.value('ref') ?? `nothing at ${arn}`)
        .filter((name) => !kept.has(name));
      expect([...new Set(lost)]).toEqual([]);
    }
  });
});

describe('every queue mapping', () => {
  test('limits its concurrency, so that a full queue does not overload the databases', () => {
    for (const stage of everyStage) {
      const mappings = ofType(stage, 'AWS::Lambda::EventSourceMapping').filter((each) =>
        String(at(each, 'EventSourceArn')).includes(':sqs:'),
      );
      expect(
        violations(mappings, (each) => Number(at(each, 'ScalingConfig', 'MaximumConcurrency')) >= 2),
      ).toEqual([]);
    }
  });
});
