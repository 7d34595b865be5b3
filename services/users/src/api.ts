import type { Route } from '#shared/http/route.ts';
import { getMeRoute, updateMeRoute } from './api/account.ts';
import {
  addAddressRoute,
  changeAddressRoute,
  getAddressRoute,
  listAddressesRoute,
  removeAddressRoute,
} from './api/addresses.ts';
import { createApiKeyRoute, listApiKeysRoute, revokeApiKeyRoute } from './api/api-keys.ts';
import { listAuditRoute } from './api/audit.ts';
import {
  changePasswordRoute,
  confirmEmailChangeRoute,
  confirmPasswordResetRoute,
  requestEmailChangeRoute,
  requestPasswordResetRoute,
} from './api/credentials.ts';
import { invitationRoutes } from './api/invitations.ts';
import { getOpenapiRoute, healthRoute } from './api/operations.ts';
import {
  deleteMeRoute,
  eraseUserRoute,
  getExportRoute,
  listConsentsRoute,
  requestExportRoute,
  setConsentRoute,
} from './api/privacy.ts';
import { registerRoute, resendVerificationRoute, verifyEmailRoute } from './api/registration.ts';
import { secondFactorRoutes } from './api/second-factor.ts';
import {
  getJwksRoute,
  listSessionsRoute,
  loginRoute,
  logoutRoute,
  refreshRoute,
  revokeOtherSessionsRoute,
  revokeSessionRoute,
} from './api/sessions.ts';
import { staffRoutes } from './api/staff.ts';

export * from './api/account.ts';
export * from './api/addresses.ts';
export * from './api/api-keys.ts';
export * from './api/audit.ts';
export * from './api/credentials.ts';
export * from './api/invitations.ts';
export * from './api/operations.ts';
export * from './api/privacy.ts';
export * from './api/registration.ts';
export * from './api/second-factor.ts';
export * from './api/sessions.ts';
export * from './api/staff.ts';

/** Every route of this service. */
export const routes: Route[] = [
  registerRoute,
  verifyEmailRoute,
  resendVerificationRoute,
  requestPasswordResetRoute,
  confirmPasswordResetRoute,
  changePasswordRoute,
  requestEmailChangeRoute,
  confirmEmailChangeRoute,
  loginRoute,
  refreshRoute,
  logoutRoute,
  getJwksRoute,
  getMeRoute,
  updateMeRoute,
  listSessionsRoute,
  revokeSessionRoute,
  revokeOtherSessionsRoute,
  ...secondFactorRoutes,
  ...staffRoutes,
  ...invitationRoutes,
  listAddressesRoute,
  addAddressRoute,
  getAddressRoute,
  changeAddressRoute,
  removeAddressRoute,
  deleteMeRoute,
  eraseUserRoute,
  requestExportRoute,
  getExportRoute,
  listConsentsRoute,
  setConsentRoute,
  createApiKeyRoute,
  listApiKeysRoute,
  revokeApiKeyRoute,
  listAuditRoute,
  healthRoute,
  getOpenapiRoute,
];
