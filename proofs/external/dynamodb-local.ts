/*
 * Runs the suites of the DynamoDB adapters on Amazon's DynamoDB Local instead of the local platform's engine. Other
 * suites: `node proofs/external/dynamodb-local.ts <path pattern>`.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { choosePort } from '../../platform/engines/ports.ts';
import { cacheFolder, prove, runIntSuites, startServer } from './programs.ts';

const name = 'DynamoDB Local';
const version = '2.6.1';
const adapterSuites =
  '(services/(products|media|notifications|reports)/src/(adapters|workflows)/|shared/(dynamo|idempotency)).*\\.int\\.test\\.ts$';
const folder = join(cacheFolder, `dynamodb-local/${version}`);

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>shop</groupId>
  <artifactId>dynamodb-local</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>com.amazonaws</groupId>
      <artifactId>DynamoDBLocal</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;

/** Downloads into another folder first, so that an incomplete download is never used. */
async function install(): Promise<void> {
  if (existsSync(folder)) return;
  console.log(`${name}: downloading ${version} with Maven`);
  const incomplete = `${folder}.incomplete`;
  await rm(incomplete, { recursive: true, force: true });
  await mkdir(incomplete, { recursive: true });
  await writeFile(join(incomplete, 'pom.xml'), pom);
  const args = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'];
  await execa('mvn', args, { cwd: incomplete, stdio: 'inherit' });
  await rename(incomplete, folder);
}

await prove(name, async () => {
  await install();
  const library = join(folder, 'lib');
  const port = await choosePort(name);
  const url = `http://127.0.0.1:${port}`;
  const args = [
    '-Xmx512m',
    `-Djava.library.path=${library}`,
    `-Dsqlite4java.library.path=${library}`,
    ...['-cp', join(library, '*'), 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner'],
    ...['-inMemory', '-sharedDb', '-port', `${port}`],
  ];
  // An unsigned request gets an error response, which is enough to know that the server listens.
  const isListening = () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  const server = await startServer('java', args, isListening);
  try {
    return await runIntSuites(process.argv[2] ?? adapterSuites, { TEST_DYNAMODB_ENDPOINT: url });
  } finally {
    await server.stop();
  }
});
