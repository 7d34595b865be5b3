import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Json } from '../deployment.ts';

const text = readFileSync(join(import.meta.dirname, 'resource-types.yml'), 'utf8');
const { types, ignoredProperties: ignored } = z
  .strictObject({
    types: z.record(
      z.string(),
      z.tuple([z.enum(['handled', 'cloud-only']), z.enum(['deployed', 'stubbed', 'left-out'])]),
    ),
    ignoredProperties: z.record(
      z.string(),
      z.array(z.string()).transform((names) => new Set(names)),
    ),
  })
  .parse(parse(text));

/** How the local platform and the emulator of the proofs support each resource type. */
export const resourceTypes = new Map(Object.entries(types));

const none = new Set<string>();

/** The names of a type's properties that have no effect locally. */
export const ignoredProperties = (type: string): ReadonlySet<string> => ignored[type] ?? none;

/** Subscription protocols that the local platform delivers; e-mail is not one. */
const localProtocols = new Set<unknown>(['sqs', 'lambda']);

/**
 * Whether a resource of a handled type still exists on AWS only: an e-mail subscription, a rule on AWS's own events,
 * a role that no function assumes.
 */
export function existsOnAwsOnly(type: string, properties: Record<string, Json>): boolean {
  switch (type) {
    case 'AWS::SNS::Subscription':
      return !localProtocols.has(properties['Protocol']);
    case 'AWS::Events::Rule':
      return properties['EventPattern'] !== undefined && properties['ScheduleExpression'] === undefined;
    case 'AWS::IAM::Role':
      return !JSON.stringify(properties['AssumeRolePolicyDocument'] ?? {}).includes('"lambda.amazonaws.com"');
    default:
      return false;
  }
}

/** Whether the platform handles a type, ignores it, or does not know it. */
export const kindOfType = (type: string): 'handled' | 'cloud-only' | 'unknown' =>
  resourceTypes.get(type)?.[0] ?? 'unknown';
