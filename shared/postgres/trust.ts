import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { InvalidConfiguration } from '../config.ts';
import { packagedRoots } from './config.ts';

/**
 * Contains the roots of RDS in Lambda's image. Node.js 20 and later loads it only on request (Lambda Developer Guide,
 * "Building Lambda functions with Node.js", CA certificate loading).
 */
const lambdaCaFile = '/var/runtime/ca-cert.pem';

/** A service's settings for TLS, as parsed by `readConfig`. */
export type TrustConfig = {
  DATABASE_AUTH?: 'password' | 'iam';
  DATABASE_TLS: 'off' | 'verify-full';
  DATABASE_CA_FILE?: string | undefined;
};

/** RDS Proxy accepts an IAM token only over TLS (RDS User Guide, "Connecting to a database through RDS Proxy"). */
export const tlsOf = ({ DATABASE_AUTH, DATABASE_TLS }: TrustConfig): TrustConfig['DATABASE_TLS'] =>
  DATABASE_AUTH === 'iam' ? 'verify-full' : DATABASE_TLS;

/**
 * Loads the certificate authorities while a function initializes: a release without them fails before it gets traffic.
 * @throws InvalidConfiguration naming the missing file
 */
export function withTrustedServer<C extends TrustConfig>(config: C): C {
  if (tlsOf(config) === 'verify-full') trustedAuthorities(config.DATABASE_CA_FILE);
  return config;
}

const contexts = new Map<string, SecureContext>();

/**
 * The certificate authorities trusted for a server: Node's own roots, which certify RDS Proxy (its certificates come
 * from AWS Certificate Manager), and the roots that certify RDS itself. Created once per file, since it takes 20 ms.
 * @param caFile PEM; by default the package's roots, or Lambda's file in a region for which the package has none
 * @throws InvalidConfiguration naming a file that is missing or contains no certificate
 */
export function trustedAuthorities(caFile?: string): SecureContext {
  const key = caFile ?? '';
  const known = contexts.get(key);
  if (known) return known;
  const roots = caFile === undefined && packagedRoots !== '' ? packagedRoots : read(caFile ?? lambdaCaFile);
  const context = createSecureContext({ minVersion: 'TLSv1.2', ca: [...rootCertificates, roots] });
  contexts.set(key, context);
  return context;
}

function read(file: string): string {
  const remedy = "set DATABASE_CA_FILE to the region's certificate bundle of RDS";
  try {
    const text = readFileSync(file, 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new InvalidConfiguration(`The certificate authorities ${file} do not exist: ${remedy}`);
  }
  throw new InvalidConfiguration(`${file} contains no certificate: ${remedy}`);
}
