import { aDatabase } from '../testing/engines.ts';
import { databaseEnvironment } from '../testing/secrets.ts';
import { connectReader, type ReaderConfig } from './connect.ts';

const at = await aDatabase();
const settings = await databaseEnvironment(at);

async function ask(hosts: string[], statement: string): Promise<unknown> {
  const replicas = connectReader({
    ...settings,
    DATABASE_PORT: at.port,
    DATABASE_AUTH: 'password',
    DATABASE_TLS: 'off',
    DATABASE_READ_HOSTS: hosts,
    DATABASE_READER: at.user,
    AWS_REGION: 'eu-west-1',
    AWS_LAMBDA_MAX_CONCURRENCY: 1,
  } as unknown as ReaderConfig);
  try {
    return await replicas.query(statement);
  } finally {
    await replicas.end();
  }
}
const away = ['one.invalid', 'two.invalid'];

describe('replicas', () => {
  test('are read from another when one is away', async () => {
    expect(await ask([...away, at.host], 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await ask([at.host, ...away], 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('that are all away say so', async () => {
    await expect(ask(away, 'SELECT 1')).rejects.toThrow('.invalid');
  });

  test('are not asked again what one has refused', async () => {
    await expect(ask([at.host, at.host], 'SELECT no_such_column')).rejects.toThrow('no_such_column');
  });
});
