/** A browser's upload form; field names in lower case, as S3 compares them. */
export type Form = { fields: Record<string, string>; file: Buffer; fileName: string };

const headEnd = Buffer.from('\r\n\r\n');

/** Parses `multipart/form-data` up to its file, which S3 requires last (RFC 7578). Undefined when it is malformed. */
export function parseForm(body: Buffer, contentType: string): Form | undefined {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = Buffer.from(`--${quoted ?? plain}`);
  const fields: Record<string, string> = {};
  let at = body.indexOf(boundary);
  while (at >= 0) {
    const headStart = at + boundary.length + 2;
    const end = body.indexOf(headEnd, headStart);
    if (end < 0) return undefined;
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), boundary]), end + 2);
    if (next < 0) return undefined;
    const head = body.subarray(headStart, end).toString();
    const content = body.subarray(end + headEnd.length, next);
    const name = /;\s*name="([^"]*)"/i.exec(head)?.[1]?.toLowerCase();
    if (name === undefined) return undefined;
    if (name === 'file') {
      const fileName = /filename="([^"]*)"/i.exec(head)?.[1] ?? '';
      return { fields, file: content, fileName: fileName.split(/[\\/]/).at(-1) ?? '' };
    }
    fields[name] = content.toString();
    at = next + 2;
  }
  return undefined;
}
