import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Contract } from '../../shared/contracts/contract.ts';
import { catalogue } from '../../shared/events/catalogue.ts';
import type { Schema } from './samples.ts';

/** The schemas of everything that two releases exchange, by name: events, and calls between functions. */
export type Wire = Map<string, z.ZodType>;

const folder = join(import.meta.dirname, '../../shared/contracts');

/** What this code sends and reads. */
export async function wire(): Promise<Wire> {
  const found: Wire = new Map();
  for (const { type, version, data } of catalogue) found.set(`event ${type} ${version}`, data);
  for (const file of readdirSync(folder).filter((name) => /^(?!contract\.).+(?<!\.test)\.ts$/.test(name))) {
    const exported = Object.values((await import(join(folder, file))) as object);
    for (const { name, request, response, refusal } of exported.filter(isContract)) {
      found.set(`request of ${name}`, request);
      found.set(`response of ${name}`, response);
      if (!(refusal instanceof z.ZodNever)) found.set(`refusal of ${name}`, refusal);
    }
  }
  return found;
}

const isContract = (value: unknown): value is Contract =>
  typeof value === 'object' && value !== null && 'request' in value && 'response' in value;

/** A schema in its recorded form: JSON Schema, without rules that only code can check. */
export const recorded = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
