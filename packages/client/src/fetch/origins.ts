import { isSecureUrl, requireThat } from "@countersign/core/wire";
import { ensure } from "../client-error.ts";

/**
 * The origins a credential is for.
 *
 * @throws ConfigurationError when one is not secure or more than an origin
 */
export function requireOrigins(values: readonly (string | URL)[]): readonly string[] {
  return (values.length ? values : [""]).map((value) => {
    const url = URL.parse(value as string);
    requireThat(
      url && isSecureUrl(url) && url.href === `${url.origin}/`,
      "origins: https://a.example.",
    );
    return url.origin;
  });
}

/**
 * Refuses to send where the credential does not belong.
 *
 * @throws ClientError `origin_not_allowed`
 */
export function ensureListed(url: URL | null, origins: readonly string[]): asserts url {
  ensure(
    url && isSecureUrl(url) && origins.includes(url.origin),
    `origin_not_allowed: list ${url?.host} in origins.`,
  );
}
