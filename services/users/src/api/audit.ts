import * as z from 'zod';
import { pageOf, pageQuery } from '#shared/http/cursor.ts';
import { instant } from '#shared/http/fields.ts';
import { route } from '#shared/http/route.ts';

const auditEntrySchema = z.strictObject({
  /** The entry's place in the chain, from 1. */
  number: z.int().min(1),
  time: z.iso.datetime(),
  service: z.string(),
  action: z.string(),
  target: z.strictObject({ kind: z.string(), id: z.string() }),
  /** Absent for what no caller did. */
  actor: z
    .strictObject({ kind: z.enum(['customer', 'staff', 'api-key', 'operator']), id: z.string() })
    .optional(),
  clientAddress: z.string().optional(),
  correlationId: z.string(),
  details: z.record(z.string(), z.string()),
});

/** A name of letters, digits and hyphens, or an id. */
const name = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'must be 1 to 100 letters, digits or hyphens');

/** The audit log. */
export const listAuditRoute = route({
  name: 'list-audit',
  method: 'GET',
  path: '/api/v1/audit',
  summary: 'Lists what was done by whom in all services, newest first.',
  access: 'audit:read',
  query: z.strictObject({
    ...pageQuery,
    actorId: name.optional(),
    targetId: name.optional(),
    action: name.optional(),
    since: instant.optional(),
    until: instant.optional(),
  }),
  responses: { 200: { description: 'A page of entries.', schema: pageOf(auditEntrySchema) } },
});
