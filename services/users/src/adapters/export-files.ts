import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import {
  documentKey,
  type ExportingService,
  exportFolder,
  exportingServices,
  partKey,
} from '#shared/privacy/data-export.ts';

/** The files of exports: the parts of the services, and the document made of them. */
export type ExportFiles = {
  /** The services that have written their part. */
  contributors(exportId: string): Promise<ExportingService[]>;
  readPart(exportId: string, service: ExportingService): Promise<unknown>;
  /** Replaces an earlier document. */
  writeDocument(exportId: string, document: object): Promise<void>;
  /** A link to the document that needs no signing in; valid until then. */
  linkTo(exportId: string, now: Date): Promise<{ url: string; expiresAt: Date }>;
  /** Deletes every file of an export; `only: 'parts'` keeps the document. */
  remove(exportId: string, only?: 'parts'): Promise<void>;
};

/** Long enough to download, too short to be passed around. */
const linkSeconds = 15 * 60;

/** See {@link ExportFiles}. */
export function exportFilesIn(Bucket: string, client = new S3Client({})): ExportFiles {
  const keysOf = async (exportId: string): Promise<string[]> => {
    // One object per service and the document: one page.
    const { Contents = [] } = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix: exportFolder(exportId) }),
    );
    return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
  };
  return {
    contributors: async (exportId) => {
      const keys = await keysOf(exportId);
      return exportingServices.filter((service) => keys.includes(partKey(exportId, service)));
    },
    readPart: async (exportId, service) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: partKey(exportId, service) }));
      return JSON.parse((await Body?.transformToString()) ?? 'null');
    },
    writeDocument: async (exportId, document) => {
      await client.send(
        new PutObjectCommand({
          Bucket,
          Key: documentKey(exportId),
          ContentType: 'application/json',
          ContentDisposition: 'attachment; filename="my-data.json"',
          Body: JSON.stringify(document, null, 2),
        }),
      );
    },
    linkTo: async (exportId, now) => {
      const command = new GetObjectCommand({ Bucket, Key: documentKey(exportId) });
      const url = await getSignedUrl(client, command, { expiresIn: linkSeconds, signingDate: now });
      return { url, expiresAt: new Date(now.getTime() + linkSeconds * 1000) };
    },
    remove: async (exportId, only) => {
      for (const Key of await keysOf(exportId))
        if (only === undefined || Key !== documentKey(exportId))
          await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
  };
}
