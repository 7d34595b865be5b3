import { setTimeout as pause } from 'node:timers/promises';
import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListEventSourceMappings,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { Account } from '../emulator/account.ts';
import { Queues } from './queues.ts';

/** So many events of the former release wait in a queue before the next one up the flow is held. */
const enough = 3;
const patienceMs = 30_000;
const lookEveryMs = 500;
/**
 * In this order, against the flow of an order, so that events wait at every step: the stock that a paid order commits,
 * the payment's outcome, the order to be charged. Any other queue is held first.
 */
const againstTheFlow = [/-stock-queue\./, /-payment-queue\./, /-order-queue\./];

/** The way from a queue to a function, and which version of the function was there when it was held. */
type Mapping = { uuid: string; queue: string; functionArn: string; revision: string };

/** Queues that nothing is taken from until a newer version of their function is there. */
export type HeldQueues = {
  /** Lets each queue go once the deployment has replaced its function, and all of them when it has ended. */
  releaseWhile(deployment: Promise<void>): Promise<void>;
  /** Events that waited when a newer version took over, by queue. */
  handedOver: Record<string, number>;
};

/** Stops every queue's function from taking messages, as an operator can, and waits until events have gathered. */
export async function holdQueues(account: Account): Promise<HeldQueues> {
  const { lambda } = account;
  const queues = new Queues(account);
  const rankOf = ({ queue }: Mapping) => againstTheFlow.findIndex((name) => name.test(queue));
  const mappings = (await mappingsOf(lambda)).toSorted((one, other) => rankOf(one) - rankOf(other));
  for (const mapping of mappings) {
    await enable(lambda, mapping, false);
    if (rankOf(mapping) < 0) continue;
    const until = Date.now() + patienceMs;
    while (((await queues.all())[mapping.queue] ?? 0) < enough && Date.now() < until)
      await pause(lookEveryMs);
  }
  const handedOver: Record<string, number> = {};
  const release = async (deployed: AbortSignal): Promise<void> => {
    const held = new Set(mappings);
    while (held.size > 0) {
      const all = deployed.aborted;
      const waiting = await queues.all();
      for (const mapping of held) {
        const replaced = (await revisionOf(lambda, mapping.functionArn)) !== mapping.revision;
        if (!replaced && !all) continue;
        const events = waiting[mapping.queue] ?? 0;
        if (replaced && events > 0) handedOver[mapping.queue] = events;
        await enable(lambda, mapping, true);
        held.delete(mapping);
      }
      if (held.size > 0) await pause(lookEveryMs);
    }
  };
  return {
    handedOver,
    releaseWhile: async (deployment) => {
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

async function mappingsOf(client: LambdaClient): Promise<Mapping[]> {
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

/** Changes with the code and configuration that the name stands for, be it a function's or an alias's. */
async function revisionOf(lambda: LambdaClient, FunctionName: string): Promise<string> {
  const { RevisionId, Version } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return `${Version}/${RevisionId}`;
}

async function enable(lambda: LambdaClient, { uuid }: Mapping, Enabled: boolean): Promise<void> {
  try {
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled }));
  } catch (error) {
    // The newer release has another mapping in its place, which is not held.
    if (!(Enabled && error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
  }
}
