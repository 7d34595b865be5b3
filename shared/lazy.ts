/**
 * Makes a value at its first use and keeps it: the wiring in `app.ts` is written with it, so that a function's
 * bundle holds only the adapters that its handler uses and a cold start makes nothing that is not needed.
 * Write `export const store = /* @__PURE__ *\/ lazy(() => …)`: without the mark at the call esbuild keeps what is
 * unused, as it does not look for one at the declaration in another module.
 */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
