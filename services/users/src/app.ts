import { systemClock } from '#shared/clock.ts';
import { lazy } from '#shared/lazy.ts';
import { snsPublisher } from '#shared/outbox/publish.ts';
import { connect } from '#shared/postgres/connect.ts';
import { postgresOutbox } from '#shared/postgres/outbox.ts';
import { ownerConfirmation } from './adapters/owner-confirmation.ts';
import { publicKeys } from './adapters/public-keys.ts';
import { sessionStore } from './adapters/session-store.ts';
import { signInAttempts } from './adapters/sign-in-attempts.ts';
import { tokenIssuer } from './adapters/token-issuer.ts';
import { userStore } from './adapters/user-store.ts';
import { config } from './config.ts';

/** The wiring of the service: what is made from what. */
export const clock = systemClock;
export const database = /* @__PURE__ */ lazy(() => connect(config));
export const outbox = /* @__PURE__ */ lazy(() =>
  postgresOutbox(
    database(),
    snsPublisher(() => config.USER_EVENTS_TOPIC_ARN),
  ),
);
export const users = /* @__PURE__ */ lazy(() => userStore(database(), outbox()));
export const sessions = /* @__PURE__ */ lazy(() => sessionStore(database()));
export const attempts = /* @__PURE__ */ lazy(() => signInAttempts(database()));
export const issueAccessToken = /* @__PURE__ */ lazy(() => tokenIssuer(config.SIGNING_KEYS_SECRET_ID));
export const verifyingKeys = /* @__PURE__ */ lazy(() => publicKeys(config.PUBLIC_KEYS_SECRET_ID));
export const confirmOwner = /* @__PURE__ */ lazy(() => ownerConfirmation(database(), attempts(), clock));
