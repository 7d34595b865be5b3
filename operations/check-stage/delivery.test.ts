import { compiled, compiledWithAccount } from '../../build/compiled.ts';
import { judgeBoundary, judgeProvider, type Provider, roleActions } from './delivery.ts';

describe('the permissions boundary', () => {
  test('covers the roles of a stage as resources/account defines it', async () => {
    const needed = roleActions(await compiled('prod'));
    // The role of a function publishes; a key's policy, not the role's, lets it decrypt.
    expect(needed).toEqual(expect.arrayContaining(['sns:Publish', 'kms:Decrypt', 'kms:GenerateDataKey']));
    const [account] = await compiledWithAccount('prod');
    const { PolicyDocument } = account!.template.Resources['PermissionsBoundary']!.Properties as {
      PolicyDocument: { Statement: { Action: string[] }[] };
    };
    const allowed = PolicyDocument.Statement.flatMap(({ Action }) => Action);
    expect(judgeBoundary(needed, allowed)).toMatchObject({ outcome: 'ok' });
    const without = allowed.filter((action) => action !== 'kms:GenerateDataKey');
    expect(judgeBoundary(needed, without)).toMatchObject({ found: 'lacks kms:GenerateDataKey' });
  }, 180_000);

  test('is missing before the account’s stack is deployed', () => {
    expect(judgeBoundary(['sns:Publish'], undefined)).toMatchObject({
      outcome: 'missing',
      found: 'not deployed: no role of the stage can be created',
    });
  });

  test('is too narrow for an action that the deployed one does not list', () => {
    expect(judgeBoundary(['s3:GetObject', 'sns:Publish'], ['s3:GetObject'])).toMatchObject({
      outcome: 'missing',
      found: 'lacks sns:Publish',
      remedy: expect.stringContaining('resources/account'),
    });
  });
});

describe('GitHub’s OIDC provider', () => {
  const arn = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
  const existing = { arn, audiences: ['sts.amazonaws.com'], isOwn: false, given: undefined, isWanted: true };
  const none = { ...existing, audiences: undefined };
  test.each<[string, Provider, string, string]>([
    ['of nobody is created', none, 'ok', 'none yet: resources/account creates it'],
    [
      'is not needed without a repository',
      { ...none, isWanted: false },
      'ok',
      'none: no workflow can deploy',
    ],
    [
      'of somebody else must be named',
      existing,
      'missing',
      `${arn} exists already, and resources/account would create another`,
    ],
    ['of somebody else may be unused', { ...existing, isWanted: false }, 'ok', arn],
    ['of somebody else is used by name', { ...existing, given: arn }, 'ok', arn],
    ['of the account’s stack is kept', { ...existing, isOwn: true }, 'ok', arn],
    [
      'of the account’s stack must not be named',
      { ...existing, isOwn: true, given: arn },
      'missing',
      'resources/account created it, and would delete it',
    ],
    ['must exist when it is named', { ...none, given: arn }, 'missing', `${arn} does not exist`],
    [
      'of another account is refused',
      { ...existing, given: 'arn:aws:iam::2' },
      'missing',
      'arn:aws:iam::2 is not GitHub’s',
    ],
    [
      'needs the audience of STS',
      { ...existing, audiences: ['other'], given: arn },
      'missing',
      `${arn} lacks the audience sts.amazonaws.com`,
    ],
  ])('%s', (_, provider, outcome, found) => {
    expect(judgeProvider(provider)).toMatchObject({ outcome, found });
  });

  test('of somebody else is given by the remedy', () => {
    expect(judgeProvider(existing).remedy).toBe(`export SHOP_ACCOUNT_DELIVERY_PROVIDER=${arn}`);
  });
});
