import { setTimeout as pause } from 'node:timers/promises';
import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListEventSourceMappings,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { Account } from '../emulator/account.ts';
import { readQueues } from '../load/shop-state.ts';

/** Number of waiting events after which the next queue is held. */
const waitingEvents = 3;
const waitTimeoutMs = 30_000;
const pollMs = 500;
/**
 * Queues are held in the reverse order of an order's flow, so that events wait at every step: committing stock, the
 * payment's result, charging the order. Other queues are held first.
 */
const reverseFlow = [/-stock-queue\./, /-payment-queue\./, /-order-queue\./];

/** An event source mapping, and the revision of its function when it was disabled. */
type Mapping = { uuid: string; queue: string; functionArn: string; revision: string };

/** Queues whose mappings are disabled until their function has been replaced. */
export type HeldQueues = {
  /** Enables each mapping when the deployment has replaced its function, and all of them at the end. */
  releaseDuring(deployment: Promise<void>): Promise<void>;
  /** Number of events that waited when the function was replaced, by queue. */
  handedOver: Record<string, number>;
};

/** Disables every queue's mapping and waits until events have accumulated. */
export async function holdQueues({ lambda, settings }: Account): Promise<HeldQueues> {
  const readDepths = async () =>
    new Map((await readQueues({ aws: settings })).map(({ name, messages }) => [name, messages]));
  const rankOf = ({ queue }: Mapping) => reverseFlow.findIndex((name) => name.test(queue));
  const mappings = (await listMappings(lambda)).toSorted((one, other) => rankOf(one) - rankOf(other));
  for (const mapping of mappings) {
    await enable(lambda, mapping, false);
    if (rankOf(mapping) < 0) continue;
    const end = Date.now() + waitTimeoutMs;
    while (((await readDepths()).get(mapping.queue) ?? 0) < waitingEvents && Date.now() < end)
      await pause(pollMs);
  }
  const handedOver: Record<string, number> = {};
  const release = async (deployed: AbortSignal): Promise<void> => {
    const held = new Set(mappings);
    while (held.size > 0) {
      const isDeployed = deployed.aborted;
      const depths = await readDepths();
      for (const mapping of held) {
        const isReplaced = (await revisionOf(lambda, mapping.functionArn)) !== mapping.revision;
        if (!isReplaced && !isDeployed) continue;
        const events = depths.get(mapping.queue) ?? 0;
        if (isReplaced && events > 0) handedOver[mapping.queue] = events;
        await enable(lambda, mapping, true);
        held.delete(mapping);
      }
      if (held.size > 0) await pause(pollMs);
    }
  };
  return {
    handedOver,
    releaseDuring: async (deployment) => {
      const deployed = new AbortController();
      const releasing = release(deployed.signal);
      try {
        await deployment;
      } finally {
        deployed.abort();
        await releasing;
      }
    },
  };
}

async function listMappings(client: LambdaClient): Promise<Mapping[]> {
  const mappings: Mapping[] = [];
  for await (const page of paginateListEventSourceMappings({ client }, {}))
    for (const { UUID = '', EventSourceArn = '', FunctionArn = '' } of page.EventSourceMappings ?? [])
      if (EventSourceArn.includes(':sqs:')) {
        const queue = EventSourceArn.slice(EventSourceArn.lastIndexOf(':') + 1);
        const revision = await revisionOf(client, FunctionArn);
        mappings.push({ uuid: UUID, queue, functionArn: FunctionArn, revision });
      }
  return mappings;
}

/** Changes with the code and configuration of the function or alias. */
async function revisionOf(lambda: LambdaClient, FunctionName: string): Promise<string> {
  const { RevisionId, Version } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return `${Version}/${RevisionId}`;
}

async function enable(lambda: LambdaClient, { uuid }: Mapping, Enabled: boolean): Promise<void> {
  try {
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled }));
  } catch (error) {
    // The current release has replaced the mapping; the new one is enabled.
    if (!(Enabled && error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
  }
}
