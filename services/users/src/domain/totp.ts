import { Secret, TOTP } from 'otpauth';

/** What all authenticator apps support (RFC 6238): SHA-1, six digits, 30 seconds. */
const parameters = { issuer: 'Shop', algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** One step before and after: clocks differ, and typing takes time (RFC 6238, 5.2). */
const window = 1;

/** 160 bits, as long as the hash (RFC 4226, 4). */
export const secretBytes = 20;

const totp = (secret: Uint8Array, label = '') =>
  new TOTP({ ...parameters, label, secret: new Secret({ buffer: Uint8Array.from(secret).buffer }) });

/** What a device needs: the secret to type, and the address to show as a QR code. */
export const enrolmentOf = (secret: Uint8Array, label: string): { secret: string; uri: string } => {
  const generator = totp(secret, label);
  return { secret: generator.secret.base32, uri: generator.toString() };
};

/** The time step to which a code belongs, if it is right; compares in constant time. */
export function acceptedStep(secret: Uint8Array, code: string, now: Date): number | undefined {
  const generator = totp(secret);
  const delta = generator.validate({ token: code, timestamp: now.getTime(), window });
  return delta === null ? undefined : generator.counter({ timestamp: now.getTime() }) + delta;
}

/** The code that a device shows. */
export const codeAt = (secret: Uint8Array, now: Date): string =>
  totp(secret).generate({ timestamp: now.getTime() });

/** Base32 (RFC 4648) in groups of four: `ABCD-EFGH-IJKL-MNOP`. */
export const recoveryCode = (random: Uint8Array): string =>
  new Secret({ buffer: Uint8Array.from(random).buffer }).base32.replaceAll(/(.{4})(?=.)/g, '$1-');
