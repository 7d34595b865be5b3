import { systemClock } from '#shared/clock.ts';
import type { Cause } from '#shared/events/event.ts';
import { lazy } from '#shared/lazy.ts';
import { snsPublisher } from '#shared/outbox/publish.ts';
import { connect } from '#shared/postgres/connect.ts';
import { postgresOutbox } from '#shared/postgres/outbox.ts';
import { createAdmin } from './adapters/admin-account.ts';
import { rotateKeys } from './adapters/key-store.ts';
import { ownerConfirmation } from './adapters/owner-confirmation.ts';
import { publicKeys } from './adapters/public-keys.ts';
import { sessionStore } from './adapters/session-store.ts';
import { signInAttempts } from './adapters/sign-in-attempts.ts';
import { tokenIssuer } from './adapters/token-issuer.ts';
import { tokenVerifier } from './adapters/token-verifier.ts';
import { userReader } from './adapters/user-reader.ts';
import { userStore } from './adapters/user-store.ts';
import { config } from './config.ts';
import { keysConfig } from './keys-config.ts';

export { withHashedSecret } from './adapters/keyed-request.ts';
export { hashPassword, passwordMatches } from './adapters/password-hash.ts';

/** The wiring of the service: what is made from what. */
export const clock = systemClock;
export const database = /* @__PURE__ */ lazy(() => connect(config));
export const outbox = /* @__PURE__ */ lazy(() =>
  postgresOutbox(
    database(),
    snsPublisher(() => config.USER_EVENTS_TOPIC_ARN),
  ),
);
export const accounts = /* @__PURE__ */ lazy(() => userReader(database()));
export const users = /* @__PURE__ */ lazy(() => userStore(database(), outbox()));
export const sessions = /* @__PURE__ */ lazy(() => sessionStore(database()));
export const attempts = /* @__PURE__ */ lazy(() => signInAttempts(database()));
export const issueAccessToken = /* @__PURE__ */ lazy(() => tokenIssuer(config.SIGNING_KEYS_SECRET_ID));
export const verifyingKeys = /* @__PURE__ */ lazy(() => publicKeys(keysConfig.PUBLIC_KEYS_SECRET_ID));
export const confirmOwner = /* @__PURE__ */ lazy(() => ownerConfirmation(accounts(), attempts(), clock));
export const verifyToken = /* @__PURE__ */ lazy(() => tokenVerifier(verifyingKeys()));
export const rotateSigningKeys = (wishes: Parameters<typeof rotateKeys>[3]) =>
  rotateKeys(
    database(),
    { signingKeysId: config.SIGNING_KEYS_SECRET_ID, publicKeysId: config.PUBLIC_KEYS_SECRET_ID },
    clock(),
    wishes,
  );
export const makeAdmin = (email: string, cause: Cause) =>
  createAdmin(accounts(), users(), email, clock(), cause);
