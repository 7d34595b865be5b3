import type { Clock } from '#shared/clock.ts';
import { missingFrom } from '#shared/privacy/data-export.ts';
import type { DataExportStore, StoredExport } from '../adapters/data-export-store.ts';
import type { ExportFiles } from '../adapters/export-files.ts';

/** What the workflow uses; `ownPart` is what the users service stores about a person. */
export type CompleteExportsDeps = {
  exports: DataExportStore;
  files: ExportFiles;
  ownPart: (userId: string) => Promise<object | undefined>;
  clock: Clock;
};

/** Exports per run, well within the function's time. */
const batch = 20;

/**
 * Completes each export to which every service has contributed or whose time is over, and deletes the files of expired
 * exports and of erased users. May be repeated at any point.
 */
export async function completeExports(
  deps: CompleteExportsDeps,
): Promise<{ completed: number; deleted: number }> {
  const { exports, files, clock } = deps;
  let completed = 0;
  for (const collecting of await exports.collecting(batch))
    if (await complete(deps, collecting)) completed += 1;
  const obsolete = await exports.obsolete(clock(), batch);
  for (const id of obsolete) await files.remove(id);
  await exports.deleteObsolete(obsolete, clock());
  return { completed, deleted: obsolete.length };
}

async function complete(
  { exports, files, ownPart, clock }: CompleteExportsDeps,
  { id, userId, requestedAt, deadline }: StoredExport,
): Promise<boolean> {
  const present = await files.contributors(id);
  const missing = missingFrom(present);
  if (missing.length > 0 && clock() < deadline) return false;
  const own = await ownPart(userId);
  // Erased meanwhile: the next run deletes the files.
  if (own === undefined) return false;
  const parts = await Promise.all(
    present.map(async (service) => [service, await files.readPart(id, service)] as const),
  );
  await files.writeDocument(id, {
    userId,
    requestedAt: requestedAt.toISOString(),
    completedAt: clock().toISOString(),
    missing,
    users: own,
    ...Object.fromEntries(parts),
  });
  await exports.complete(id, clock(), missing);
  await files.remove(id, 'parts');
  return true;
}
