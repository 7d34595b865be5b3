import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

const contexts = new Map<string, SecureContext>();

/**
 * The certificate authorities trusted for a server: Node's own roots, which certify RDS Proxy (its certificates come
 * from AWS Certificate Manager), and those of the file, which certify RDS itself. Lambda's image contains them, but
 * Node.js 20 and later loads them only on request (Lambda Developer Guide, "Building Lambda functions with Node.js", CA
 * certificate loading). Created once per file, since it takes 20 ms.
 * @param caFile PEM; a missing file adds no authority, and never weakens verification
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
