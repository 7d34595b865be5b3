import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAwsEndpoint } from '../../platform/aws-endpoint/aws-endpoint.ts';
import { startDynamo } from '../../platform/engines/dynamodb.ts';
import { startMessaging } from '../../platform/engines/messaging.ts';
import { Mailbox } from '../../platform/mailbox/mailbox.ts';

/** An AWS endpoint with its engines in a process of its own, so that its CPU can be told from that of its clients. */
const folder = await mkdtemp(join(tmpdir(), 'bench-aws-endpoint-'));
const [dynamo, messaging, mailbox] = await Promise.all([
  startDynamo({ dataDir: join(folder, 'dynamodb') }),
  startMessaging({ dataDir: join(folder, 'messaging') }),
  Mailbox.open(join(folder, 'mails')),
]);
const awsEndpoint = await startAwsEndpoint({ dynamoUrl: dynamo.url, messaging, mailbox });
process.send?.({
  url: awsEndpoint.url,
  dynamoUrl: dynamo.url,
  accessKeyId: awsEndpoint.operator.accessKeyId,
});
process.once('disconnect', async () => {
  await awsEndpoint.stop();
  await Promise.all([dynamo.stop(), messaging.stop()]);
  await rm(folder, { recursive: true, force: true });
  process.exit();
});
