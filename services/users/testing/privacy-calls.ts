import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type ExportingService, partKey } from '#shared/privacy/data-export.ts';
import { lambdaContext, send, type TestRequest } from '#shared/testing/http-event.ts';
import { scheduleEvent } from '#shared/testing/queue.ts';

/** An erasure, an export or a consent as the API returns it; or a problem. */
type Erasure = {
  userId: string;
  erasedAt: string;
  retained: { document: string; until: string }[];
  code?: string;
};
export type Export = {
  id: string;
  status: string;
  missing: string[];
  link?: { url: string; expiresAt: string };
  code?: string;
};
type Consent = { purpose: string; granted: boolean; wording?: string; code?: string };

/** The functions for a person's rights over its data, loaded after `usersService()` has set the environment. */
export async function privacyCalls(bucket: string) {
  const api = await import('../src/api.ts');
  const { handler: deleteMe } = await import('../src/handlers/delete-me.ts');
  const { handler: eraseUser } = await import('../src/handlers/erase-user.ts');
  const { handler: requestExport } = await import('../src/handlers/request-export.ts');
  const { handler: getExport } = await import('../src/handlers/get-export.ts');
  const { handler: completeExports } = await import('../src/handlers/complete-exports.ts');
  const { handler: listConsents } = await import('../src/handlers/list-consents.ts');
  const { handler: setConsent } = await import('../src/handlers/set-consent.ts');
  const s3 = new S3Client({});
  afterAll(() => s3.destroy());
  return {
    deleteMe: (request: TestRequest) => send<Erasure>(deleteMe, api.deleteMeRoute, request),
    eraseUser: (request: TestRequest) => send<Erasure>(eraseUser, api.eraseUserRoute, request),
    requestExport: (request: TestRequest) => send<Export>(requestExport, api.requestExportRoute, request),
    getExport: (request: TestRequest) => send<Export>(getExport, api.getExportRoute, request),
    listConsents: (request: TestRequest) =>
      send<{ items: Consent[]; code?: string }>(listConsents, api.listConsentsRoute, request),
    setConsent: (request: TestRequest) => send<Consent>(setConsent, api.setConsentRoute, request),
    /** Runs the schedule. */
    completeExports: () => completeExports(scheduleEvent(new Date()) as never, lambdaContext()),
    /** Writes a service's part, as its reaction does. */
    contribute: (exportId: string, service: ExportingService, data: object) =>
      s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: partKey(exportId, service), Body: JSON.stringify(data) }),
      ),
  };
}
