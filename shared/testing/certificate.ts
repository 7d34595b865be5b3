import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A server's certificate for `localhost` and the authority that vouches for it, as PEM files. */
export type Certificate = { caFile: string; keyFile: string; certificateFile: string };

/** Makes an authority and a certificate of it, good for two days, with the machine's `openssl`. */
export async function aCertificate(folder: string): Promise<Certificate> {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => run('openssl', args);
  const newKey = ['-newkey', 'rsa:2048', '-nodes', '-keyout'];
  const authority = ['-out', at('ca.crt'), '-days', '2', '-subj', '/CN=Test'];
  await openssl('req', '-x509', ...newKey, at('ca.key'), ...authority);
  await openssl('req', ...newKey, at('server.key'), '-out', at('csr'), '-subj', '/CN=localhost');
  await writeFile(at('names'), 'subjectAltName=DNS:localhost');
  const signing = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2'];
  const signed = ['-extfile', at('names'), '-out', at('server.crt')];
  await openssl('x509', '-req', '-in', at('csr'), ...signing, ...signed);
  return { caFile: at('ca.crt'), keyFile: at('server.key'), certificateFile: at('server.crt') };
}
