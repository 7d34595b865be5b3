import { systemClock } from '#shared/clock.ts';
import type { CommandMeta } from '#shared/decider.ts';
import { newId } from '#shared/ids.ts';
import { logger } from '#shared/lambda/telemetry.ts';
import { lazy } from '#shared/lazy.ts';
import { withFallback } from '#shared/limits/fallback.ts';
import { snsPublisher } from '#shared/outbox/publish.ts';
import { connect } from '#shared/postgres/connect.ts';
import { postgresIdempotency } from '#shared/postgres/idempotency.ts';
import { postgresLimits } from '#shared/postgres/limits.ts';
import { postgresOutbox } from '#shared/postgres/outbox.ts';
import { redisAddressOf } from '#shared/redis/client.ts';
import { redisLimits } from '#shared/redis/limits.ts';
import { accountLimits } from './adapters/account-limits.ts';
import { accountTransaction } from './adapters/account-transaction.ts';
import { activeSessions } from './adapters/active-sessions.ts';
import { addressBookStore } from './adapters/address-book-store.ts';
import { apiKeyStore, keyAccess } from './adapters/api-key-store.ts';
import { auditLog } from './adapters/audit-log.ts';
import { dataExportStore } from './adapters/data-export-store.ts';
import { erasedUsers as erasedUserStore } from './adapters/erased-users.ts';
import { exportFilesIn } from './adapters/export-files.ts';
import { rotateKeys } from './adapters/key-store.ts';
import { knownDevices } from './adapters/known-devices.ts';
import { mailTokens } from './adapters/mail-tokens.ts';
import { passwords } from './adapters/password-hash.ts';
import { passwordHashes } from './adapters/password-hashes.ts';
import { personStore } from './adapters/person-store.ts';
import { personalData } from './adapters/personal-data.ts';
import { publicKeys } from './adapters/public-keys.ts';
import { secondFactorStore } from './adapters/second-factor-store.ts';
import { secretBox } from './adapters/secret-box.ts';
import { sessionAccess } from './adapters/session-access.ts';
import { sessionStore } from './adapters/session-store.ts';
import { tokenIssuer } from './adapters/token-issuer.ts';
import { tokenVerifier } from './adapters/token-verifier.ts';
import { userDirectory } from './adapters/user-directory.ts';
import { userReader } from './adapters/user-reader.ts';
import { userStore } from './adapters/user-store.ts';
import { config } from './config.ts';
import { keysConfig } from './keys-config.ts';
import { recordAction as append } from './workflows/record-action.ts';

export { withHashedPassword } from './adapters/hashed-fingerprint.ts';
export { invitations } from './adapters/invitations.ts';
export { passwords } from './adapters/password-hash.ts';
export { registrations } from './adapters/registrations.ts';
export { secondFactorStore as factorsIn } from './adapters/second-factor-store.ts';
export { config } from './config.ts';
export { migrations } from './migrations.ts';

/** The wiring of this service; each part is created at its first use. */
export const clock = systemClock;
export const commandMeta = (): CommandMeta => ({ at: clock(), eventId: newId() });
export const database = /* @__PURE__ */ lazy(() => connect(config));
export const outbox = /* @__PURE__ */ lazy(() =>
  postgresOutbox(
    database(),
    snsPublisher(() => config.USER_EVENTS_TOPIC_ARN),
  ),
);
export const idempotencyStore = /* @__PURE__ */ lazy(() => postgresIdempotency(database()));
export const accounts = /* @__PURE__ */ lazy(() => userReader(database()));
export const directory = /* @__PURE__ */ lazy(() => userDirectory(database()));
export const users = /* @__PURE__ */ lazy(() => userStore(database(), outbox()));
export const inTransaction = /* @__PURE__ */ lazy(() => accountTransaction(database(), outbox()));
export const mailedTokens = /* @__PURE__ */ lazy(() => mailTokens(config.MAIL_TOKEN_KEY_SECRET_ID));
export const persons = /* @__PURE__ */ lazy(() => personStore(database(), outbox()));
export const erasedUsers = /* @__PURE__ */ lazy(() => erasedUserStore(database()));
export const readPersonalData = /* @__PURE__ */ lazy(() => personalData(database()));
export const dataExports = /* @__PURE__ */ lazy(() => dataExportStore(database()));
export const exportFiles = /* @__PURE__ */ lazy(() => exportFilesIn(config.USER_FILES_BUCKET));
export const hashes = /* @__PURE__ */ lazy(() => passwordHashes(database()));
export const sessions = /* @__PURE__ */ lazy(() => sessionStore(database(), outbox()));
export const ownSessions = /* @__PURE__ */ lazy(() => activeSessions(database(), outbox()));
export const apiKeys = /* @__PURE__ */ lazy(() => apiKeyStore(database(), outbox()));
export const readKeyAccess = /* @__PURE__ */ lazy(() => keyAccess(database()));
export const readSessionAccess = /* @__PURE__ */ lazy(() => sessionAccess(database()));
export const secondFactorSecrets = /* @__PURE__ */ lazy(() => secretBox(config.SECOND_FACTOR_KEY_SECRET_ID));
export const auditEntries = /* @__PURE__ */ lazy(() => auditLog(database()));
export const recordAction = (event: Parameters<typeof append>[1]) => append(auditEntries(), event);
export const addressBooks = /* @__PURE__ */ lazy(() => addressBookStore(database(), outbox()));
export const devices = /* @__PURE__ */ lazy(() => knownDevices(database()));
/** Counts in Redis; undefined where there is none. */
export const redisCounts = /* @__PURE__ */ lazy(() => {
  const address = redisAddressOf(config);
  return address && redisLimits(address, 'limits:');
});
const reportUnavailable = (error: unknown) =>
  logger.warn('limits are counted in PostgreSQL, Redis is unavailable', { error: error as Error });
export const limits = /* @__PURE__ */ lazy(() => {
  const inPostgres = postgresLimits(database());
  const inRedis = redisCounts();
  const store = inRedis === undefined ? inPostgres : withFallback(inRedis, inPostgres, reportUnavailable);
  return accountLimits(store, clock, config.RATE_LIMITS);
});
export const issueAccessToken = /* @__PURE__ */ lazy(() => tokenIssuer(config.SIGNING_KEYS_SECRET_ID));
export const verifyingKeys = /* @__PURE__ */ lazy(() => publicKeys(keysConfig.PUBLIC_KEYS_SECRET_ID));
export const verifyToken = /* @__PURE__ */ lazy(() => tokenVerifier(verifyingKeys()));
/** What signing in to a new account uses. */
export const firstSession = /* @__PURE__ */ lazy(() => ({
  devices: devices(),
  issueAccessToken: issueAccessToken(),
  sessions: sessions(),
  clock,
}));
/** What setting up and removing the own second factor uses. */
export const secondFactor = /* @__PURE__ */ lazy(() => ({
  accounts: accounts(),
  passwords,
  limits: limits(),
  inTransaction: inTransaction(),
  factorsIn: secondFactorStore,
  secrets: secondFactorSecrets(),
  clock,
}));
export const rotateSigningKeys = (options: Parameters<typeof rotateKeys>[3]) =>
  rotateKeys(
    database(),
    { signingKeysId: config.SIGNING_KEYS_SECRET_ID, publicKeysId: config.PUBLIC_KEYS_SECRET_ID },
    clock(),
    options,
  );
