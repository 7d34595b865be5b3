/*
 * Runs the suites of the DynamoDB adapters on Amazon's own DynamoDB Local instead of the engine that the shop uses
 * locally. Other suites: `npm run test:dynamodb-local -- <path pattern>`.
 */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, freePort, mustRun, prove, runIntSuites, startServer } from './programs.ts';

const NAME = 'DynamoDB Local';
const VERSION = '2.6.1';
const ADAPTER_SUITES =
  '(services/(products|media|notifications|reports)/src/(adapters|workflows)/|shared/(dynamo|idempotency)).*\\.int\\.test\\.ts$';
const folder = join(cacheFolder, `dynamodb-local/${VERSION}`);

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>shop</groupId>
  <artifactId>dynamodb-local</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>com.amazonaws</groupId>
      <artifactId>DynamoDBLocal</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

/** Fetches into a folder aside, so that a broken download is never taken for an installation. */
const install = async (): Promise<void> => {
  const installed = await readdir(folder).catch(() => []);
  if (installed.length > 0) return;
  console.log(`${NAME}: fetching ${VERSION} with Maven`);
  const aside = `${folder}.incomplete`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  await writeFile(join(aside, 'pom.xml'), POM);
  await mustRun('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], {}, aside);
  await rename(aside, folder);
};

/** DynamoDB Local answers an unsigned request with an error of its own: enough to know that it listens. */
const listens = (url: string) => async (): Promise<boolean> => {
  try {
    await (await fetch(url)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
};

await prove(NAME, async () => {
  await install();
  const library = join(folder, 'lib');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer(
    'java',
    [
      '-Xmx512m',
      `-Djava.library.path=${library}`,
      `-Dsqlite4java.library.path=${library}`,
      ...['-cp', join(library, '*'), 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner'],
      ...['-inMemory', '-sharedDb', '-port', `${port}`],
    ],
    listens(url),
  );
  try {
    const code = await runIntSuites(process.argv[2] ?? ADAPTER_SUITES, { TEST_DYNAMODB_ENDPOINT: url });
    return code === 0 ? [] : [`the suites ended with ${code}`];
  } finally {
    await server.stop();
  }
});
