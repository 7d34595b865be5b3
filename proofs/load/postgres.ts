import pg from 'pg';

/** PostgreSQL's superuser `postgres` on loopback. */
export type Login = { port: number; password: string };

/** Connects to a database. A lost connection fails the queries on it and nothing else. */
export async function connect({ port, password }: Login, database = 'postgres'): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', port, password, user: 'postgres', database });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Runs `work` on a connection of its own. */
export async function withClient<T>(
  login: Login,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await connect(login, database);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
