/**
 * Creates a value at its first use and caches it. The wiring in `app.ts` uses it, so that a function's bundle contains
 * only the adapters that its handler uses, and a cold start creates only what is needed. Write
 * `export const store = /* @__PURE__ *\/ lazy(() => …)`: without the annotation at the call esbuild keeps unused values,
 * since it ignores one at a declaration in another module.
 */
export function lazy<T>(create: () => T): () => T {
  let created: { value: T } | undefined;
  return () => {
    created ??= { value: create() };
    return created.value;
  };
}
