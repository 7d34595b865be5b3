import type { BucketSpec, Deployment } from '../../build/deployment.ts';
import type { StoredObject } from '../engines/fauxqs-internals.ts';
import type { Messaging } from '../engines/messaging.ts';
import { cached } from './cached.ts';

/** A picture and its renditions; `key` is the path at the image origin. */
export type Picture = {
  id: string;
  at: string;
  renditions: { key: string; width: number; format: string; bytes: number }[];
};
/** A daily report without its orders. */
export type ReportRow = { date: string; builtAt: string; byStatus: unknown; sums: unknown };

/** Read-only views of the shop's buckets. */
export type StoredDocuments = {
  pictures(): { total: number; rows: Picture[] };
  reports(): ReportRow[];
  /** A whole report as JSON text. */
  report(date: string): string | undefined;
};

const maxPictures = 12;
const maxReports = 7;
/** Listing a bucket of many thousand objects for every request would be slow. */
const refreshMs = 3_000;

/** Reads from the object store directly, so that reading invokes no function and counts no AWS call. */
export function storedDocuments(messaging: Messaging, deployment: Deployment): StoredDocuments {
  const prefix = `${deployment.project}-${deployment.stage}`;
  const bucketOf = (name: string) =>
    deployment.buckets.find((one) => one.name.startsWith(`${prefix}-${name}-`));
  const objectsIn = (bucket: BucketSpec | undefined, folder: string): StoredObject[] =>
    [...(messaging.objects.buckets.get(bucket?.name ?? '')?.values() ?? [])].filter(({ key }) =>
      key.startsWith(folder),
    );
  const documents = bucketOf('order-documents');
  const reportText = (key: string): string =>
    messaging.objects.getObject(documents?.name ?? '', key).body.toString('utf8');
  let parsed = new Map<string, ReportRow>();

  return {
    pictures: cached(refreshMs, () => pictureRows(objectsIn(bucketOf('product-images'), 'renditions/'))),
    reports: cached(refreshMs, () => {
      const newest = objectsIn(documents, 'reports/')
        .sort((a, b) => (a.key < b.key ? 1 : -1))
        .slice(0, maxReports);
      // Each report is parsed once: it lists every order of its day.
      parsed = new Map(
        newest.map((object) => [object.etag, parsed.get(object.etag) ?? reportRow(reportText(object.key))]),
      );
      return [...parsed.values()];
    }),
    report(date) {
      const object = objectsIn(documents, 'reports/').find(({ key }) => key.endsWith(`/${date}.json`));
      return object === undefined ? undefined : reportText(object.key);
    },
  };
}

function reportRow(text: string): ReportRow {
  const { date, builtAt, byStatus, sums } = JSON.parse(text) as ReportRow;
  return { date, builtAt, byStatus, sums };
}

/** The newest pictures, each with its renditions by ascending width. */
export function pictureRows(objects: Pick<StoredObject, 'key' | 'contentLength' | 'lastModified'>[]): {
  total: number;
  rows: Picture[];
} {
  const pictures = new Map<string, Picture>();
  for (const { key, contentLength: bytes, lastModified } of objects) {
    const [, id, width, format] = /^renditions\/([^/]+)\/(\d+)\.(\w+)$/.exec(key) ?? [];
    if (id === undefined || format === undefined) continue;
    const at = lastModified.toISOString();
    const picture = pictures.get(id) ?? { id, at, renditions: [] };
    if (at > picture.at) picture.at = at;
    picture.renditions.push({ key, width: Number(width), format, bytes });
    pictures.set(id, picture);
  }
  const rows = [...pictures.values()].sort((a, b) => b.at.localeCompare(a.at)).slice(0, maxPictures);
  for (const { renditions } of rows) renditions.sort((a, b) => a.width - b.width);
  return { total: pictures.size, rows };
}
