import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFrontDoor } from '../../platform/aws-endpoint/aws-endpoint.ts';
import { startDynamo } from '../../platform/engines/dynamodb.ts';
import { startMessaging } from '../../platform/engines/messaging.ts';
import { Mailbox } from '../../platform/mailbox/mailbox.ts';

/** A front door with its engines in a process of its own, so that its CPU can be told from that of its clients. */
const folder = await mkdtemp(join(tmpdir(), 'bench-front-door-'));
const [dynamo, messaging, mailbox] = await Promise.all([
  startDynamo({ dataDir: join(folder, 'dynamodb') }),
  startMessaging({ dataDir: join(folder, 'messaging') }),
  Mailbox.open(join(folder, 'mails')),
]);
const door = await startFrontDoor({ dynamoUrl: dynamo.url, messaging, mailbox });
process.send?.({ url: door.url, dynamoUrl: dynamo.url, accessKeyId: door.operator.accessKeyId });
process.once('disconnect', async () => {
  await door.stop();
  await Promise.all([dynamo.stop(), messaging.stop()]);
  await rm(folder, { recursive: true, force: true });
  process.exit();
});
