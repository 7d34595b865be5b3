/** Quotes a path as one shell word for a PostgreSQL command setting, in which `%` except `%f` must be doubled. */
export const quoteForShell = (path: string): string =>
  `'${path.replaceAll("'", `'\\''`).replaceAll(/%(?!f)/g, '%%')}'`;

/** Quotes a value for a PostgreSQL configuration file. */
export const quoteForConfiguration = (value: string): string =>
  `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
