import * as z from 'zod';
import { pageOf, pageQuery } from '#shared/http/cursor.ts';
import { type Route, route } from '#shared/http/route.ts';
import { templates } from './domain/templates.ts';

const notification = z.strictObject({
  id: z.uuid(),
  template: z.enum(templates),
  subject: z.string(),
  orderId: z.uuid().optional(),
  occurredAt: z.iso.datetime(),
  status: z.enum(['sending', 'sent']),
  sentAt: z.iso.datetime().optional(),
});

export const listNotificationsRoute = route({
  name: 'list-notifications',
  method: 'GET',
  path: '/api/v1/notifications',
  summary: 'Your notifications, newest first',
  access: 'notifications:read',
  query: z.strictObject(pageQuery),
  responses: { 200: { description: 'A page of notifications.', schema: pageOf(notification) } },
});

export const healthRoute = route({
  name: 'health',
  method: 'GET',
  path: '/api/v1/notifications/health',
  summary: 'Health of the notifications service',
  access: 'public',
  responses: {
    200: {
      description: 'The table responds.',
      schema: z.object({
        status: z.literal('ok'),
        service: z.literal('notifications'),
        checks: z.object({ table: z.literal('ok') }),
      }),
    },
  },
});

/** Every route of this service. */
export const routes: Route[] = [listNotificationsRoute, healthRoute];
