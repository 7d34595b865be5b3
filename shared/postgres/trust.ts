import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

const contexts = new Map<string, SecureContext>();

/**
 * Whose word for a server's name is taken: Node's own roots, which vouch for RDS Proxy (its certificates are of AWS
 * Certificate Manager), and those of the file, which vouch for RDS itself: Lambda's
 * image has them, but from Node.js 20 on loads them only for who asks (Lambda Developer Guide, "Building Lambda
 * functions with Node.js", CA certificate loading). Made once per file: it takes 20 ms.
 * @param caFile PEM; a file that is not there adds nothing, and nothing is trusted for want of it
 */
export function trustedAuthorities(caFile: string): SecureContext {
  const known = contexts.get(caFile);
  if (known) return known;
  const context = createSecureContext({ minVersion: 'TLSv1.2', ca: [...rootCertificates, ...read(caFile)] });
  contexts.set(caFile, context);
  return context;
}

function read(file: string): string[] {
  try {
    return [readFileSync(file, 'utf8')];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
