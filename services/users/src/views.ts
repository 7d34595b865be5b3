import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { accessToken as rules } from '#shared/auth/access-token.ts';
import type { Caller } from '#shared/auth/permissions.ts';
import { consentPurposes } from '#shared/events/privacy.ts';
import { accepted, created, type HttpResponse, ok } from '#shared/http/response.ts';
import { type ExportingService, missingFrom } from '#shared/privacy/data-export.ts';
import type { ActiveSession } from './adapters/active-sessions.ts';
import type { NumberedEntry } from './adapters/audit-log.ts';
import type { StoredExport } from './adapters/data-export-store.ts';
import type { Invitation } from './adapters/invitations.ts';
import type { BookedAddress } from './domain/address-book.ts';
import type { ApiKey } from './domain/api-key.ts';
import type { Consent } from './domain/person.ts';
import { retainedDocuments } from './domain/retention.ts';
import { stateOf, type User } from './domain/user.ts';

/** An account as its owner sees it: without the password hash and the number of events. */
const accountBody = ({ id, email, name, locale, roles, createdAt, version }: User) => ({
  id,
  email,
  name,
  locale,
  roles,
  createdAt: createdAt.toISOString(),
  version,
});

/** The response to reading or changing an account. */
export const accountResponse = (user: User): HttpResponse => ok(accountBody(user), user.version);

/** The response to a request for a mail. */
export const acceptedResponse: HttpResponse = accepted({ status: 'accepted' });

/** An account as staff see it. */
export const staffAccountView = (user: User) => ({
  ...accountBody(user),
  state: stateOf(user),
  secondFactor: user.secondFactor,
  ...(user.disabledAt === undefined ? {} : { disabledAt: user.disabledAt.toISOString() }),
});

/** An invitation as administrators see it. */
export const invitationView = ({ createdAt, expiresAt, ...invitation }: Invitation) => ({
  ...invitation,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
});

/** The response to reading or changing the account of somebody else. */
export const staffAccountResponse = (user: User): HttpResponse => ok(staffAccountView(user), user.version);
/** An address as its owner sees it. */
export const addressView = ({ id, address, ...booked }: BookedAddress) => ({
  id,
  ...address,
  defaultShipping: booked.defaultShipping,
  defaultBilling: booked.defaultBilling,
  version: booked.version,
  createdAt: booked.createdAt.toISOString(),
  updatedAt: booked.updatedAt.toISOString(),
});

/** The response to reading or changing an address. */
export const addressResponse = (booked: BookedAddress): HttpResponse =>
  ok(addressView(booked), booked.version);

/** The response to adding an address. */
export const addedAddressResponse = (booked: BookedAddress): HttpResponse =>
  created(addressView(booked), `/api/v1/users/me/addresses/${booked.id}`, booked.version);

/** A session as its owner sees it, in a request of the session `currentId`. */
export const sessionView = (
  { createdAt, lastUsedAt, expiresAt, ...session }: ActiveSession,
  currentId: string,
) => ({
  ...session,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  current: session.id === currentId,
});

/** An API key without its secret. */
export const apiKeyView = ({ createdAt, expiresAt, lastUsedAt, ...key }: ApiKey) => ({
  ...key,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  ...(lastUsedAt === undefined ? {} : { lastUsedAt: lastUsedAt.toISOString() }),
});

/** An entry of the audit log as the administrator sees it. */
export const auditEntryView = ({ source, eventId: _, ...entry }: NumberedEntry) => ({
  ...entry,
  service: source,
});

/** The response to a login or a refresh, as in RFC 6749 section 5.1; a login also returns the device's token. */
export const tokensResponse = (tokens: {
  accessToken: string;
  refreshToken: string;
  deviceToken?: string;
}): HttpResponse => ok({ tokenType: 'Bearer', expiresIn: rules.lifetimeSeconds, ...tokens });

/**
 * Allows a verified caller the whole stage of the API. API Gateway caches the policy by token for all routes, so a
 * policy for one route would block the others; handlers check the permission of their route. `expiresAt` is included because
 * the cached policy may outlive the token.
 */
export function accessPolicy(methodArn: string, caller: Caller, expiresAt: Date): APIGatewayAuthorizerResult {
  const [api, stage] = methodArn.split('/');
  return {
    principalId: caller.userId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `${api}/${stage}/*` }],
    },
    context: {
      userId: caller.userId,
      permissions: [...caller.permissions].join(','),
      [caller.credential.kind === 'session' ? 'sessionId' : 'apiKeyId']: caller.credential.id,
      expiresAt: String(Math.floor(expiresAt.getTime() / 1000)),
    },
  };
}

/** The response to an erasure: what is kept, and until when. */
export const erasureResponse = (userId: string, erasedAt: Date, years: number): HttpResponse =>
  ok({ userId, erasedAt: erasedAt.toISOString(), retained: retainedDocuments(erasedAt, years) });

const exportBody = (
  { id, requestedAt, completedAt, expiresAt }: StoredExport,
  missing: readonly ExportingService[],
  link?: { url: string; expiresAt: Date },
) => ({
  id,
  status: completedAt === undefined ? 'collecting' : 'complete',
  requestedAt: requestedAt.toISOString(),
  missing,
  ...(link === undefined ? {} : { link: { url: link.url, expiresAt: link.expiresAt.toISOString() } }),
  expiresAt: expiresAt.toISOString(),
});

/** The response to a request for an export. */
export const exportAccepted = (requested: StoredExport): HttpResponse =>
  accepted(exportBody(requested, missingFrom([])), `/api/v1/users/me/export/${requested.id}`);

/** An export; a complete one with its link. */
export const exportResponse = (
  found: StoredExport,
  missing: readonly ExportingService[],
  link?: { url: string; expiresAt: Date },
): HttpResponse => ok(exportBody(found, missing, link));

/** Every purpose with its answer; one that was never given is not granted. */
export const consentsBody = (consents: readonly Consent[]) =>
  consentPurposes.map((purpose) => {
    const consent = consents.find((each) => each.purpose === purpose);
    return consent === undefined
      ? { purpose, granted: false }
      : { ...consent, changedAt: consent.changedAt.toISOString() };
  });
