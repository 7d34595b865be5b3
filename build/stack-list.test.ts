import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listStacks } from './stack-list.ts';

describe('the stacks of serverless-compose.yml', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'stack-list-'));
  });
  afterEach(() => rm(root, { recursive: true }));
  const listed = async (yaml: string) => {
    await writeFile(join(root, 'serverless-compose.yml'), yaml);
    return listStacks(root);
  };

  it('come after what they depend on', async () => {
    const yaml = `services:
  orders: { path: services/orders, dependsOn: [users, data] }
  users: { path: services/users, dependsOn: data }
  data: { path: resources/data }`;
    expect(await listed(yaml)).toEqual(['resources/data', 'services/users', 'services/orders']);
  });
  it('are refused when they depend on each other', async () => {
    const yaml = `services:
  a: { path: a, dependsOn: b }
  b: { path: b, dependsOn: a }`;
    await expect(listed(yaml)).rejects.toThrow('in a circle: a → b → a');
  });
  it('are refused when one depends on a stack that is not there', async () => {
    await expect(listed('services: { a: { path: a, dependsOn: b } }')).rejects.toThrow('a depends on b');
  });
  it('are missed when there is no file', async () => {
    await expect(listStacks(root)).rejects.toThrow('serverless-compose.yml is missing');
  });
});
