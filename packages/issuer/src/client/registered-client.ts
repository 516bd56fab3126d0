import type { KeyOptions, PasswordVerifier } from "@countersign/core";
import { ConfigurationError, type Secret } from "@countersign/core/wire";
import { requireText } from "../require-text.ts";
import { toAudience } from "../token/audience.ts";
import { parseScope } from "../token/scope.ts";
import {
  type AssertionCheck,
  type AssertionPolicy,
  createAssertionCheck,
} from "./client-assertion.ts";
import { type SecretCheck, toSecretCheck } from "./client-secret.ts";

/**
 * A client that calls the endpoints itself. With a `secret`, a `secretHash` or `jwks` it is confidential;
 * with none of them it is public (RFC 6749 §2.1), and may only refresh and revoke the logins issued
 * to it.
 *
 * @example
 * const client: RegisteredClient = { id: "reports", secretHash: env.REPORTS_HASH, scopes: ["orders:read"] };
 */
export interface RegisteredClient {
  /** Also the `sub` of its own tokens: no user may have it for a subject. */
  readonly id: string;
  /** At least 16 characters, for `client_secret_basic` and `client_secret_post`. */
  readonly secret?: string | Secret;
  /**
   * What to know a secret by instead: its SHA-256 in base64url, as {@link createClientSecret} makes it,
   * or, for a secret that people made up, a hash in PHC format that {@link IssuerOptions.passwords} checks.
   */
  readonly secretHash?: string;
  /**
   * The public keys of a client that signs assertions, `private_key_jwt` (RFC 7523): a key set, its
   * https URL, or a function that loads it.
   */
  readonly jwks?: KeyOptions["jwks"];
  /** What `client_credentials` may ask for. Absent: this client may not use that grant. */
  readonly scopes?: readonly string[];
  /** The `aud` of the API that this client is: it may introspect access tokens meant for it. */
  readonly audience?: string | readonly string[];
}

/** A client as the endpoints need it. */
export interface KnownClient {
  readonly id: string;
  /** Absent: it has no secret. */
  readonly isSecret: SecretCheck | undefined;
  /** Absent: it signs no assertions. */
  readonly isAssertion: AssertionCheck | undefined;
  readonly isConfidential: boolean;
  readonly scopes: readonly string[] | undefined;
  readonly audiences: readonly string[];
}

/** What all clients have to do with. */
export interface ClientPolicy extends AssertionPolicy {
  readonly defaultClientId: string;
  readonly passwords: PasswordVerifier | undefined;
}

/** @throws ConfigurationError */
export function toClients(
  clients: readonly RegisteredClient[],
  policy: ClientPolicy,
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
    if (id === policy.defaultClientId) {
      throw new ConfigurationError(
        `clients: "${id}" is the first party's. Change defaultClientId.`,
      );
    }
    known.set(id, toKnownClient(client, policy));
  }
  return known;
}

function toKnownClient(client: RegisteredClient, policy: ClientPolicy): KnownClient {
  const { id, secret, secretHash, jwks, audience } = client;
  const proofs = [secret, secretHash, jwks].filter((each) => each !== undefined).length;
  if (proofs > 1) {
    throw new ConfigurationError(
      `clients: "${id}" may have one of secret, secretHash and jwks: the weaker of two ways in is ` +
        "the one that counts.",
    );
  }
  const isConfidential = proofs === 1;
  if (audience !== undefined && !isConfidential) {
    throw new ConfigurationError(
      `clients: "${id}" is to introspect tokens, and must authenticate to do so (RFC 7662 §2.1): give ` +
        "it a secret, a secretHash or jwks.",
    );
  }
  return {
    id,
    isSecret: toSecretCheck(client, policy.passwords),
    isAssertion: jwks === undefined ? undefined : createAssertionCheck(id, jwks, policy),
    isConfidential,
    scopes: toClientScopes(client, isConfidential),
    audiences: audience === undefined ? [] : toAudience(audience),
  };
}

function toClientScopes(
  { id, scopes }: RegisteredClient,
  isConfidential: boolean,
): readonly string[] | undefined {
  if (scopes === undefined) return undefined;
  if (!isConfidential) {
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
