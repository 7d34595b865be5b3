import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stackDirectories } from './stacks.ts';

describe('the stacks of serverless-compose.yml', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'stacks-'));
  });
  afterEach(() => rm(root, { recursive: true }));
  const listed = async (yaml: string) => {
    await writeFile(join(root, 'serverless-compose.yml'), yaml);
    return stackDirectories(root);
  };

  it('come after their dependencies', async () => {
    const yaml = `services:
  orders: { path: services/orders, dependsOn: [users, data] }
  users: { path: services/users, dependsOn: data }
  data: { path: resources/data }`;
    expect(await listed(yaml)).toEqual(['resources/data', 'services/users', 'services/orders']);
  });
  it('must not depend on each other in a cycle', async () => {
    const yaml = `services:
  a: { path: a, dependsOn: b }
  b: { path: b, dependsOn: a }`;
    await expect(listed(yaml)).rejects.toThrow('dependency cycle: a → b → a');
  });
  it('must not depend on a missing stack', async () => {
    await expect(listed('services: { a: { path: a, dependsOn: b } }')).rejects.toThrow('a depends on b');
  });
  it('fail to load without the file', () => {
    expect(() => stackDirectories(root)).toThrow('serverless-compose.yml is missing');
  });
});
