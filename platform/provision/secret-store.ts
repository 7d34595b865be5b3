import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { chmod, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import type { SecretSpec } from '../../build/deployment.ts';
import { StartError } from '../../build/start-error.ts';
import type { Secret, SecretsBackend } from '../aws-endpoint/secret-versions.ts';
import { addVersion } from '../aws-endpoint/secret-versions.ts';
import { generateSecret } from './generate-secret.ts';

const date = z.iso.datetime().transform((text) => new Date(text));
const storedVersion = z.object({
  versionId: z.string(),
  value: z.string(),
  stages: z.array(z.string()),
  createdAt: date,
});
const storedSecret = z.object({
  name: z.string(),
  arn: z.string(),
  createdAt: date,
  versions: z.array(storedVersion),
  /** Hash of the value in the template, to detect changes. */
  fromTemplate: z.string().optional(),
});
const file = z.array(storedSecret);
type StoredSecret = z.output<typeof storedSecret>;

/**
 * The secrets of the local platform, in one file that only its owner may read. Values are generated at the first start.
 * Stages move as in Secrets Manager: one version has AWSCURRENT, the one before it AWSPREVIOUS.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
 */
export class SecretStore implements SecretsBackend {
  readonly #path: string;
  readonly #secrets = new Map<string, StoredSecret>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Opens the file, or starts without secrets when it is missing.
   * @throws StartError when the file cannot be read
   */
  static open(path: string): SecretStore {
    mkdirSync(dirname(path), { recursive: true });
    const store = new SecretStore(path);
    for (const secret of read(path)) store.#secrets.set(secret.name, secret);
    return store;
  }

  /** By name, by ARN, or by ARN without its six random characters. */
  find(id: string): Secret | undefined {
    const known = this.#secrets.get(id);
    if (known || !id.startsWith('arn:')) return known;
    return [...this.#secrets.values()].find(({ arn }) => arn === id || arn.slice(0, -7) === id);
  }

  list(): Secret[] {
    return [...this.#secrets.values()];
  }

  /** The current value. @throws StartError when the secret is missing or has no value */
  value(id: string): string {
    const current = this.find(id)?.versions.find(({ stages }) => stages.includes('AWSCURRENT'));
    if (!current) throw new StartError(`The secret ${id} has no value.`);
    return current.value;
  }

  /** Creates missing secrets with their first values; a changed value in the template becomes a new version. */
  async ensure(specs: SecretSpec[]): Promise<void> {
    let changed = false;
    for (const spec of specs) {
      const fromTemplate = spec.value === undefined ? undefined : fingerprint(spec.value);
      const known = this.#secrets.get(spec.name);
      if (known && known.arn === spec.arn && known.fromTemplate === fromTemplate) continue;
      changed = true;
      const secret = known ?? { name: spec.name, arn: spec.arn, createdAt: new Date(), versions: [] };
      const valueChanged = secret.fromTemplate !== fromTemplate;
      secret.arn = spec.arn;
      if (fromTemplate === undefined) delete secret.fromTemplate;
      else secret.fromTemplate = fromTemplate;
      this.#secrets.set(spec.name, secret);
      if (spec.value !== undefined && valueChanged) addVersion(secret, spec.value);
      else if (!known && spec.generate) addVersion(secret, generateSecret(spec.generate));
    }
    if (changed) await this.save();
  }

  /** Writes one after the other, each atomically: after a crash the file is the old or the new one. */
  save(): Promise<void> {
    const next = this.#writing.then(async () => {
      const draft = `${this.#path}.${randomUUID()}`;
      try {
        const handle = await open(draft, 'w', 0o600);
        await handle.writeFile(JSON.stringify([...this.#secrets.values()], null, 2));
        await handle.sync();
        await handle.close();
        await chmod(draft, 0o600);
        await rename(draft, this.#path);
      } finally {
        await rm(draft, { force: true });
      }
    });
    this.#writing = next.catch(() => undefined);
    return next;
  }
}

function read(path: string): StoredSecret[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new StartError(`The secrets in ${path} cannot be read: ${(error as Error).message}`);
  }
  try {
    return file.parse(JSON.parse(text));
  } catch {
    throw new StartError(`${path} is damaged. \`npm run reset\` deletes it.`);
  }
}

/** Not for secrecy: the file also contains the value. */
function fingerprint(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
