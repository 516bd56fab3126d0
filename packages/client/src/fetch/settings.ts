/**
 * What of a call is neither method, URL, headers, body nor signal, for every request made on its way.
 * Members of init that only one runtime knows (`dispatcher`, `cf`, …) stay.
 */
export function readSettings(input: string | URL | Request, init: RequestInit = {}): RequestInit {
  if (!(input instanceof Request)) return { ...init };
  const { cache, credentials, integrity, keepalive, mode, referrer, referrerPolicy } = input;
  const own = { cache, credentials, integrity, keepalive, mode, referrer, referrerPolicy };
  // Runtimes without these members must not be handed them.
  const known = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(known), ...init };
}
