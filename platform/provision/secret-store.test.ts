import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecretSpec } from '../../build/deployment.ts';
import { addVersion, attachStage } from '../aws-endpoint/secret-versions.ts';
import { SecretStore } from './secret-store.ts';

const aSecret = (more: Partial<SecretSpec> = {}): SecretSpec => ({
  stack: 'shop-data-local',
  logicalId: 'Secret',
  name: 'shop/local/db/users',
  arn: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop/local/db/users-AbCdEf',
  ...more,
});
const generate = {
  template: '{"username":"shop_users"}',
  key: 'password',
  length: 40,
};

describe('the secret store', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secrets-'));
    path = join(folder, 'data', 'secrets.json');
  });
  afterEach(() => rm(folder, { recursive: true }));
  const open = async (...specs: SecretSpec[]) => {
    const store = SecretStore.open(path);
    await store.ensure(specs);
    return store;
  };
  const put = async (store: SecretStore, value: string, options: Parameters<typeof addVersion>[2] = {}) => {
    const version = addVersion(store.find(aSecret().name)!, value, options);
    await store.save();
    return version;
  };
  const stagesOf = (store: SecretStore) =>
    Object.fromEntries(
      store.find('shop/local/db/users')!.versions.map(({ value, stages }) => [value, stages]),
    );

  it('generates a value once, and stores it in a file that only its owner can read', async () => {
    const first = (await open(aSecret({ generate }))).value('shop/local/db/users');
    expect(JSON.parse(first)).toEqual({
      username: 'shop_users',
      password: expect.stringMatching(/^[\w]{40}$/),
    });
    expect((await open(aSecret({ generate }))).value('shop/local/db/users')).toBe(first);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
  it('writes nothing when nothing has changed', async () => {
    await open(aSecret({ generate }));
    const before = await stat(path);
    await open(aSecret({ generate }));
    expect((await stat(path)).ino).toBe(before.ino);
  });
  it('starts without a value when the template declares none', async () => {
    const store = await open(aSecret());
    expect(store.find('shop/local/db/users')?.versions).toEqual([]);
    expect(() => store.value('shop/local/db/users')).toThrow('has no value');
  });
  it('is found by name, by ARN, and by ARN without the random suffix', async () => {
    const store = await open(aSecret());
    for (const id of [aSecret().name, aSecret().arn, aSecret().arn.slice(0, -7)])
      expect(store.find(id)?.name).toBe('shop/local/db/users');
    expect(store.find('shop/local/db')).toBeUndefined();
  });
  it('gives the first version AWSCURRENT, whatever stages are requested', async () => {
    const store = await open(aSecret());
    const version = await put(store, 'one', { stages: ['AWSPENDING'] });
    expect(version.stages.toSorted()).toEqual(['AWSCURRENT', 'AWSPENDING']);
  });
  it('moves AWSPREVIOUS to the version before', async () => {
    const store = await open(aSecret());
    for (const value of ['one', 'two', 'three']) await put(store, value);
    expect(stagesOf(store)).toEqual({ one: [], two: ['AWSPREVIOUS'], three: ['AWSCURRENT'] });
  });
  it('rotates by a pending version that becomes current', async () => {
    const store = await open(aSecret());
    await put(store, 'one');
    const next = await put(store, 'two', { versionId: 'token', stages: ['AWSPENDING'] });
    expect(store.value(aSecret().name)).toBe('one');
    attachStage(store.find(aSecret().name)!, 'AWSCURRENT', next.versionId);
    await store.save();
    expect(stagesOf(store)).toEqual({ one: ['AWSPREVIOUS'], two: ['AWSPENDING', 'AWSCURRENT'] });
    expect(SecretStore.open(path).value(aSecret().name)).toBe('two');
  });
  it('stores a changed value of the template as a new version, and changes no other secret', async () => {
    await open(aSecret({ value: 'one' }));
    const store = await open(aSecret({ value: 'one' }));
    await put(store, "operator's");
    expect((await open(aSecret({ value: 'one' }))).value(aSecret().name)).toBe("operator's");
    expect((await open(aSecret({ value: 'two' }))).value(aSecret().name)).toBe('two');
  });
  it('keeps every one of many concurrent writes', async () => {
    const store = await open(aSecret());
    await Promise.all(Array.from({ length: 20 }, (_, index) => put(store, `value ${index}`)));
    const stored = JSON.parse(await readFile(path, 'utf8')) as { versions: unknown[] }[];
    expect(stored[0]?.versions).toHaveLength(20);
  });
  it('names the remedy when the file is damaged', async () => {
    await open(aSecret());
    await writeFile(path, '{');
    expect(() => SecretStore.open(path)).toThrow('is damaged. `npm run reset` deletes it.');
  });
});
