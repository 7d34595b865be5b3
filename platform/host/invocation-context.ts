import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose code is running: one function's module, and the invocation when there is one. */
export type InvocationContext = {
  name: string;
  environment: Record<string, string>;
  logFile: string;
  /** Ends the running invocation with an error that nobody could catch (an unhandled rejection, an exit). */
  fail: (error: unknown) => void;
};

/** The context of the code that runs now; timers and promises keep the one that they were made in. */
export const invocationContext = new AsyncLocalStorage<InvocationContext>();

/**
 * Puts each function's own environment in the place of `process.env`: many functions share this process, and none
 * may see the environment or the credentials of another. Code outside of every function sees the host's own.
 */
export function isolateEnvironment(): void {
  const own: Record<string, string | undefined> = { ...process.env };
  const current = () => invocationContext.getStore()?.environment ?? own;
  const view = new Proxy(own, {
    get: (_, key) => (typeof key === 'string' ? current()[key] : undefined),
    set: (_, key, value) => {
      if (typeof key === 'string') current()[key] = String(value);
      return true;
    },
    has: (_, key) => key in current(),
    deleteProperty: (_, key) => {
      if (typeof key === 'string') delete current()[key];
      return true;
    },
    ownKeys: () => Reflect.ownKeys(current()),
    getOwnPropertyDescriptor: (_, key) => {
      const value = typeof key === 'string' ? current()[key] : undefined;
      if (value === undefined) return undefined;
      return { value, writable: true, enumerable: true, configurable: true };
    },
  });
  Object.defineProperty(process, 'env', { value: view, configurable: true, enumerable: true });
}
