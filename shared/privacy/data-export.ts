/** The services that contribute to the export of a person's data, each with one file. */
export const exportingServices = [
  'users',
  'orders',
  'payments',
  'notifications',
  'products',
  'media',
  'reports',
] as const;
export type ExportingService = (typeof exportingServices)[number];

/** The services whose part is missing. The users service writes none: it reads its data when it completes the document. */
export const missingFrom = (present: readonly ExportingService[]): ExportingService[] =>
  exportingServices.filter((service) => service !== 'users' && !present.includes(service));

/** The folder of an export in the user-files bucket. */
export const exportFolder = (exportId: string): string => `exports/${exportId}/`;

/** The object with the part of one service. Its role may write this name only, in every export. */
export const partKey = (exportId: string, service: ExportingService): string =>
  `${exportFolder(exportId)}parts/${service}.json`;

/** The complete document. */
export const documentKey = (exportId: string): string => `${exportFolder(exportId)}data.json`;
