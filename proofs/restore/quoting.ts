/** A path with PostgreSQL's own `%f` in it as one word of a shell command; other per cent signs would be codes too. */
export const inShell = (path: string): string =>
  `'${path.replaceAll("'", `'\\''`).replaceAll(/%(?!f)/g, '%%')}'`;

/** A value in a configuration file of PostgreSQL. */
export const inConfiguration = (value: string): string =>
  `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
