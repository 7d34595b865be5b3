import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import forge from 'node-forge';

/** A server's certificate for `localhost` and the authority that vouches for it, as PEM files. */
export type Certificate = { caFile: string; keyFile: string; certificateFile: string };

const dayMs = 86_400_000;

/** Makes an authority and a certificate of it, good from yesterday until tomorrow. */
export async function aCertificate(folder: string): Promise<Certificate> {
  const [authority, server] = [aKey(), aKey()];
  const files = {
    caFile: join(folder, 'ca.crt'),
    keyFile: join(folder, 'server.key'),
    certificateFile: join(folder, 'server.crt'),
  };
  const ca = certificate('Test', authority, 'Test', authority, [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
  ]);
  const own = certificate('localhost', server, 'Test', authority, [
    { name: 'subjectAltName', altNames: [{ type: dnsName, value: 'localhost' }] },
  ]);
  await Promise.all([
    writeFile(files.caFile, ca),
    writeFile(files.keyFile, server.privateKey),
    writeFile(files.certificateFile, own),
  ]);
  return files;
}

/** The kind of a name in `subjectAltName` (RFC 5280, 4.2.1.6). */
const dnsName = 2;

type Key = { privateKey: string; publicKey: string };

const aKey = (): Key =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

function certificate(
  subject: string,
  { publicKey }: Key,
  issuer: string,
  { privateKey }: Key,
  extensions: object[],
): string {
  const made = forge.pki.createCertificate();
  made.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // A leading zero keeps the number positive.
  made.serialNumber = `00${randomUUID().replaceAll('-', '')}`;
  made.validity.notBefore = new Date(Date.now() - dayMs);
  made.validity.notAfter = new Date(Date.now() + dayMs);
  made.setSubject([{ name: 'commonName', value: subject }]);
  made.setIssuer([{ name: 'commonName', value: issuer }]);
  made.setExtensions(extensions);
  made.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  return forge.pki.certificateToPem(made);
}
