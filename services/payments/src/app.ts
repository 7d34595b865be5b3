import { systemClock } from '#shared/clock.ts';
import { newId } from '#shared/ids.ts';
import { lazy } from '#shared/lazy.ts';
import { snsPublisher } from '#shared/outbox/publish.ts';
import { connect } from '#shared/postgres/connect.ts';
import { postgresOutbox } from '#shared/postgres/outbox.ts';
import { exportPartTo } from '#shared/privacy/export-part.ts';
import { customerData } from './adapters/customer-data.ts';
import { paymentProvider } from './adapters/payment-provider.ts';
import { paymentReader } from './adapters/payment-reader.ts';
import { paymentStore } from './adapters/payment-store.ts';
import { config } from './config.ts';
import type { PaymentDeps } from './workflows/charge-payment.ts';

export { config } from './config.ts';
export { migrations } from './migrations.ts';

/** The wiring of this service; each part is created at its first use. */
export const database = /* @__PURE__ */ lazy(() => connect(config));
export const outbox = /* @__PURE__ */ lazy(() =>
  postgresOutbox(
    database(),
    snsPublisher(() => config.PAYMENT_EVENTS_TOPIC_ARN),
  ),
);
export const reader = /* @__PURE__ */ lazy(() => paymentReader(database()));
export const customers = /* @__PURE__ */ lazy(() => customerData(database()));
export const exportPart = /* @__PURE__ */ lazy(() => exportPartTo(config.USER_FILES_BUCKET, 'payments'));
export const provider = /* @__PURE__ */ lazy(() =>
  paymentProvider({
    url: config.PAYMENT_PROVIDER_URL,
    secretId: config.PAYMENT_PROVIDER_SECRET_ID,
    timeoutMs: config.PAYMENT_PROVIDER_TIMEOUT_MS,
  }),
);
/** What the payment workflows use. */
export const paymentDeps = /* @__PURE__ */ lazy(
  (): PaymentDeps => ({
    payments: paymentStore(database(), outbox()),
    provider: provider(),
    clock: systemClock,
    paymentMeta: () => ({ at: systemClock(), eventId: newId(), transactionId: newId() }),
  }),
);
