/** What a function printed as one line for the console: its name, the message, and the error's when there is one. */
export function noticeLine({ name, line }: { name: string; line: string }): string {
  const record = parsed(line);
  if (record === undefined) return `${name}: ${line}`;
  const { message, errorMessage, error } = record as {
    message?: unknown;
    errorMessage?: unknown;
    error?: { name?: unknown; message?: unknown };
  };
  const cause = errorMessage ?? (error === undefined ? undefined : `${error.name}: ${error.message}`);
  return [`${name}: ${message}`, cause].filter((part) => part !== undefined).join(' — ');
}

function parsed(line: string): object | undefined {
  try {
    const record = JSON.parse(line) as unknown;
    return typeof record === 'object' && record !== null && 'message' in record ? record : undefined;
  } catch {
    return undefined;
  }
}
