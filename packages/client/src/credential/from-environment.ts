import { ConfigurationError, requireThat } from "@countersign/core/wire";
import { apiKey } from "./api-key.ts";
import { basic } from "./basic.ts";
import { bearer } from "./bearer.ts";
import type { Credential } from "./credential.ts";

/**
 * The credential that the environment names: `PREFIX_TOKEN` a fixed token, `PREFIX_API_KEY` a key, or
 * `PREFIX_USERNAME` with `PREFIX_PASSWORD`.
 *
 * @param environment `process.env`, `Deno.env.toObject()`, a Worker's `env`
 * @throws ConfigurationError when none of them is set, or more than one; their values are not repeated
 * @example
 * createAuthFetch({ origins, credential: fromEnvironment(process.env, "ORDERS") });
 */
export function fromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  prefix: string,
): Credential {
  requireThat(/^[A-Z][A-Z0-9_]*$/.test(prefix), 'fromEnvironment: a prefix is like "ORDERS".');
  const named = (name: string) => environment[`${prefix}_${name}`] || undefined;
  const [token, key, username] = [named("TOKEN"), named("API_KEY"), named("USERNAME")];
  const names = `${prefix}_TOKEN, ${prefix}_API_KEY, or ${prefix}_USERNAME with ${prefix}_PASSWORD`;
  if ([token, key, username].filter(Boolean).length !== 1) {
    throw new ConfigurationError(`fromEnvironment: set one of ${names}.`);
  }
  if (token) return bearer(token);
  if (key) return apiKey({ key });
  const password = named("PASSWORD");
  requireThat(password, `fromEnvironment: set ${prefix}_PASSWORD beside ${prefix}_USERNAME.`);
  return basic({ username: username ?? "", password });
}
