/** Formats a line that a function printed for the terminal: name and message, with the error's message if it has one. */
export function formatOutput({ name, line }: { name: string; line: string }): string {
  const record = logRecord(line);
  if (record === undefined) return `${name}: ${line}`;
  const { message, errorMessage, error } = record;
  const cause = errorMessage ?? (error === undefined ? undefined : `${error.name}: ${error.message}`);
  return [name, message, cause].filter((part) => part !== undefined).join(': ');
}

type LogRecord = {
  message: unknown;
  errorMessage?: unknown;
  error?: { name?: unknown; message?: unknown };
};

function logRecord(line: string): LogRecord | undefined {
  try {
    const record = JSON.parse(line) as unknown;
    return typeof record === 'object' && record !== null && 'message' in record ? record : undefined;
  } catch {
    return undefined;
  }
}
