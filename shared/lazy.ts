/**
 * Makes a value at its first use and keeps it: the wiring in `app.ts` is written with it, so that a function's
 * bundle holds only the adapters that its handler uses and a cold start makes nothing that is not needed.
 */
// @__NO_SIDE_EFFECTS__
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
