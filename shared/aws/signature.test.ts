import { createHash, createHmac } from 'node:crypto';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HashConstructor } from '@smithy/types';
import fc from 'fast-check';
import { sign } from './signature.ts';

/** What the SDK's signer asks of a hash. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

const at = Date.UTC(2026, 10, 21, 8, 15, 30, 250);
const scope = { region: 'eu-west-1', service: 'lambda' };
const text = fc.string({ unit: fc.constantFrom(...'aZ0-._~ !\'()*:/?&=+%"äß€') });
const headerValue = fc.string({ unit: fc.constantFrom(...'aZ0-.;= \t:/'), minLength: 1 });

test("equals the SDK's for any path, query, headers and body", async () => {
  const requests = fc.record({
    method: fc.constantFrom('GET', 'POST'),
    path: fc.array(text).map(
      (parts) =>
        `/${parts
          .map(encodeURIComponent)
          .filter((part) => !/^\.*$/.test(part))
          .join('/')}`,
    ),
    query: fc.dictionary(text, fc.oneof(text, fc.array(text, { minLength: 1 }))),
    headers: fc.dictionary(fc.stringMatching(/^x-amz-[a-z]{1,8}$/), headerValue),
    body: text,
  });
  const credentials = fc.record(
    {
      accessKeyId: fc.stringMatching(/^AKIA\w{4}$/),
      secretAccessKey: text,
      sessionToken: fc.constant('token'),
    },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
  );
  await fc.assert(
    fc.asyncProperty(requests, credentials, async (request, who) => {
      fc.pre(who.secretAccessKey !== '');
      const ours = { ...request, headers: { ...request.headers, host: 'lambda.eu-west-1.amazonaws.com' } };
      const theirs = await new SignatureV4({
        credentials: who,
        ...scope,
        sha256: Sha256 as unknown as HashConstructor,
        applyChecksum: false,
      }).sign(new HttpRequest({ ...request, headers: { ...ours.headers } }), { signingDate: new Date(at) });
      sign(ours, who, scope, at);
      expect(ours.headers).toEqual(theirs.headers);
    }),
  );
});

test('changes with the secret, under the same key id', () => {
  const signatureBy = (secretAccessKey: string) => {
    const request = { method: 'POST', path: '/', query: {}, headers: { host: 'h' }, body: '{}' };
    sign(request, { accessKeyId: 'AKIA', secretAccessKey }, scope, at);
    return (request.headers as Record<string, string>)['authorization'];
  };
  expect(signatureBy('old')).not.toBe(signatureBy('new'));
  expect(signatureBy('old')).toBe(signatureBy('old'));
});
