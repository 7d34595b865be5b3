import { fromEnv } from '@aws-sdk/credential-provider-env';
import { fromHttp } from '@aws-sdk/credential-provider-http';
import { chain } from '@smithy/core/config';

/**
 * The credentials of a function's role, as Lambda provides them: in the environment, or at an address in it for
 * environments that live longer than credentials do.
 *
 * Bundling replaces the SDK's default chain by this (`esbuild.config.cjs`): its other sources, which are profiles and
 * sign-in on a developer's machine, exist in no function, and with the clients that they need were a tenth of every bundle.
 */
export const defaultProvider = (init: Parameters<typeof fromHttp>[0] = {}) =>
  chain(fromEnv(init), async () => fromHttp(init)());

/** The same under the name that the signer of database passwords imports. */
export const fromNodeProviderChain = defaultProvider;
