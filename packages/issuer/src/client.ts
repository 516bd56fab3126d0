import { ConfigurationError, type Secret, toSecret } from "@countersign/core/wire";
import { requireText } from "./require-text.ts";
import { parseScope } from "./token/scope.ts";

const minimalSecretLength = 16;

/**
 * A client that calls `/token` itself. With a `secret` it is confidential and authenticates by
 * `client_secret_basic` or `client_secret_post`; without one it is public (RFC 6749 §2.1), and may
 * only refresh and revoke the logins issued to it.
 *
 * @example
 * const client: RegisteredClient = { id: "reports", secret: env.REPORTS_SECRET, scopes: ["orders:read"] };
 */
export interface RegisteredClient {
  /** Also the `sub` of its own tokens: no user may have it for a subject. */
  readonly id: string;
  /** At least 16 characters; make it of random bytes. */
  readonly secret?: string | Secret;
  /** What `client_credentials` may ask for. Absent: this client may not use that grant. */
  readonly scopes?: readonly string[];
}

/** A client as the endpoints need it. */
export interface KnownClient {
  readonly id: string;
  readonly secret: Secret | undefined;
  readonly scopes: readonly string[] | undefined;
}

/** @throws ConfigurationError */
export function toClients(
  clients: readonly RegisteredClient[],
  defaultClientId: string,
): ReadonlyMap<string, KnownClient> {
  const known = new Map<string, KnownClient>();
  for (const client of clients) {
    const id = requireText(client.id, "clients: id");
    // VSCHAR (RFC 6749 appendix A.1).
    if (!/^[\x20-\x7e]+$/.test(id)) {
      throw new ConfigurationError(`clients: the id "${id}" must be printable ASCII.`);
    }
    if (known.has(id)) {
      throw new ConfigurationError(`clients: there are two with the id "${id}". Rename one.`);
    }
    if (id === defaultClientId) {
      throw new ConfigurationError(
        `clients: "${id}" is the first party's. Change defaultClientId.`,
      );
    }
    known.set(id, { id, secret: toClientSecret(client), scopes: toClientScopes(client) });
  }
  return known;
}

function toClientSecret({ id, secret }: RegisteredClient): Secret | undefined {
  if (secret === undefined) return undefined;
  const wrapped = toSecret(secret);
  if (wrapped.reveal().length >= minimalSecretLength) return wrapped;
  throw new ConfigurationError(
    `clients: the secret of "${id}" must have ${minimalSecretLength} characters or more. ` +
      "Make one of random bytes, or leave it out for a public client.",
  );
}

function toClientScopes({ id, secret, scopes }: RegisteredClient): readonly string[] | undefined {
  if (scopes === undefined) return undefined;
  if (secret === undefined) {
    throw new ConfigurationError(
      `clients: "${id}" has scopes for client_credentials and no secret. That grant is for ` +
        "confidential clients alone (RFC 6749 §4.4): give it a secret, or leave the scopes out.",
    );
  }
  try {
    return parseScope(scopes);
  } catch {
    throw new ConfigurationError(
      `clients: a scope of "${id}" is empty, or has white space or characters RFC 6749 §3.3 forbids.`,
    );
  }
}
