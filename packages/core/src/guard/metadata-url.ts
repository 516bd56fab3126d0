/**
 * Where a service publishes its metadata: the well-known path stands between its host and its path
 * (RFC 9728 §3.1), so that services under one host have documents of their own.
 */
export function toMetadataUrl({ origin, pathname, search }: URL): string {
  // Only a slash right after the host is dropped; any other is part of the resource's name.
  const path = pathname === "/" ? "" : pathname;
  return `${origin}/.well-known/oauth-protected-resource${path}${search}`;
}
