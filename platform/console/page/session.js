const key = 'control-secret';

/**
 * The secret of this start, from the address that `npm start` printed. It is kept for this origin, and removed from the
 * address, which may be copied or shown.
 */
export function readSecret(location, storage, history) {
  const secret = location.hash.slice(1);
  // Any page may open this one with a fragment, and the page's own links have some: a secret has 43 characters.
  if (!/^[\w-]{43}$/.test(secret)) return storage.getItem(key) ?? '';
  storage.setItem(key, secret);
  history.replaceState(null, '', location.pathname);
  return secret;
}

const timeoutMs = 10_000;
let secret;

/** Sends a request to the platform with the secret. @throws Error when it fails or is refused */
export async function request(method, path, body) {
  secret ??= readSecret(globalThis.location, globalThis.localStorage, globalThis.history);
  const response = await fetch(path, {
    method,
    headers: { Authorization: `Bearer ${secret}` },
    signal: AbortSignal.timeout(timeoutMs),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error('not reachable');
  });
  const result = await response.json();
  if (!response.ok) throw new Error(result.message ?? `status ${response.status}`);
  return result;
}
