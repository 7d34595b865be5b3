import { AsyncLocalStorage } from 'node:async_hooks';

/** The function, and the invocation if any, whose code is running. */
export type InvocationContext = {
  name: string;
  environment: Record<string, string>;
  logFile: string;
  /** Fails the running invocation with an error that it could not catch (an unhandled rejection, an exit). */
  fail: (error: unknown) => void;
};

/** The context of the code that runs now; timers and promises keep the one in which they were created. */
export const invocationContext = new AsyncLocalStorage<InvocationContext>();

/**
 * Replaces `process.env` with the environment of the running function: functions share this process and must not see
 * each other's environment or credentials. Code outside of functions sees the host's environment.
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
