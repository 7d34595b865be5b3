import { deploymentOf } from '../../build/compiled.ts';
import { compilePolicy } from '../../build/iam/evaluate.ts';
import { nonEmpty } from '../setup/non-empty.ts';
import { at, compileTimeoutMs, ofType, stageOf, stages } from './stage.ts';

describe.each(stages)('the mails of %s', (name) => {
  test(
    'may go to verified recipients too, whose identity SES authorises in the sandbox, but only from the shop’s address',
    async () => {
      const { functions, roles, region, accountId } = await deploymentOf(name);
      const senders = nonEmpty(functions.filter(({ environment }) => environment['MAIL_FROM'] !== undefined));
      const mailing = senders.filter(({ roleArn }) =>
        JSON.stringify(roles.find(({ arn }) => arn === roleArn)?.statements).includes('ses:SendEmail'),
      );
      for (const { environment, roleArn } of nonEmpty(mailing)) {
        const policy = compilePolicy(roles.find(({ arn }) => arn === roleArn)?.statements ?? []);
        const may = (resource: string, from: string) =>
          policy.evaluate('ses:SendEmail', `arn:aws:ses:${region}:${accountId}:${resource}`, {
            'ses:fromaddress': [from],
          }).allowed;
        const from = String(environment['MAIL_FROM']);
        const set = `configuration-set/${environment['MAIL_CONFIGURATION_SET']}`;
        for (const resource of ['identity/shop.example', 'identity/customer@verified.example', set])
          expect([resource, may(resource, from), may(resource, 'else@shop.example')]).toEqual([
            resource,
            true,
            false,
          ]);
      }
    },
    compileTimeoutMs,
  );

  test(
    'have a configuration set that publishes bounces and complaints',
    async () => {
      const stage = await stageOf(name);
      const sets = ofType(stage, 'AWS::SES::ConfigurationSet').map((set) => at(set, 'Name'));
      const used = ofType(stage, 'AWS::Lambda::Function')
        .map((each) => at(each, 'Environment', 'Variables', 'MAIL_CONFIGURATION_SET'))
        .filter((set) => set !== undefined);
      for (const set of nonEmpty(used)) expect(sets).toContain(set);
      for (const destination of ofType(stage, 'AWS::SES::ConfigurationSetEventDestination'))
        expect(at(destination, 'EventDestination')).toMatchObject({
          Enabled: true,
          MatchingEventTypes: ['bounce', 'complaint'],
          EventBridgeDestination: { EventBusArn: expect.stringMatching(/:event-bus\/default$/) },
        });
    },
    compileTimeoutMs,
  );
});
