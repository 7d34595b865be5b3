import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aFunction, aStack, deployed } from '../../build/template/fixtures/a-stack.ts';
import { withSecretValues } from './secret-references.ts';
import { SecretStore } from './secret-store.ts';

describe('a reference to a secret in an environment', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'references-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const environmentWith = async (value: string) => {
    const secret = {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { Name: 'api', SecretString: '{"key":"k-1"}' },
    };
    const properties = { Environment: { Variables: { VALUE: { 'Fn::Join': ['', [value]] } } } };
    const deployment = deployed(
      aStack({ Resources: { ...aFunction('Caller', { properties }), Api: secret } }),
    );
    const secrets = SecretStore.open(join(folder, 'secrets.json'));
    await secrets.ensure(deployment.secrets);
    return withSecretValues(deployment, secrets).functions[0]?.environment['VALUE'];
  };

  it('resolves to the whole secret, or one key of it', async () => {
    expect(await environmentWith('{{resolve:secretsmanager:api}}')).toBe('{"key":"k-1"}');
    expect(await environmentWith('key={{resolve:secretsmanager:api:SecretString:key}}')).toBe('key=k-1');
  });
  it('with a missing key is an error that names function and variable', async () => {
    await expect(environmentWith('{{resolve:secretsmanager:api:SecretString:other}}')).rejects.toThrow(
      'shop-probe-local / Caller: VALUE: the secret api has no key other',
    );
  });
  it('is refused when it refers to anything else', async () => {
    await expect(environmentWith('{{resolve:ssm:/a}}')).rejects.toThrow(
      '{{resolve:ssm:/a}} is not resolved locally',
    );
  });
});
