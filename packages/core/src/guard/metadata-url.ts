import { ConfigurationError } from "../wire/configuration-error.ts";

/**
 * Where a service publishes its metadata: the well-known path stands between its host and its path
 * (RFC 9728 §3.1), so that services under one host have documents of their own.
 *
 * @throws ConfigurationError when the guard does not know where the service is
 */
export function toMetadataUrl(publicUrl: URL | undefined): string {
  if (publicUrl === undefined) {
    throw new ConfigurationError(
      'resourceMetadata names a document at the service\'s own URL: createGuard({ publicUrl: "https://api.example.com", resourceMetadata: true, … }).',
    );
  }
  const { origin, pathname, search } = publicUrl;
  // Only a slash right after the host is dropped; any other is part of the resource's name.
  const path = pathname === "/" ? "" : pathname;
  return `${origin}/.well-known/oauth-protected-resource${path}${search}`;
}
