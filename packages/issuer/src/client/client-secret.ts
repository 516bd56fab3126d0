import type { PasswordVerifier } from "@countersign/core";
import {
  ConfigurationError,
  encodeBase64Url,
  equalInConstantTime,
  type MaybePromise,
  type Secret,
  sha256,
  toSecret,
} from "@countersign/core/wire";
import type { RegisteredClient } from "./registered-client.ts";

const minimalLength = 16;
/** Recognised by secret scanners, and by people who find one in a log. */
const prefix = "cscs_";

/**
 * A new client secret, and what to keep of it.
 *
 * @example
 * const { secret, hash } = await createClientSecret();
 */
export interface NewClientSecret {
  /** Show it to the client once, and keep it nowhere. */
  readonly secret: Secret;
  /** For {@link RegisteredClient.secretHash}. */
  readonly hash: string;
}

/**
 * Makes a client secret with 256 random bits, so that a fast hash of it is enough.
 *
 * @example
 * const { secret, hash } = await createClientSecret();
 * const client: RegisteredClient = { id: "reports", secretHash: hash, scopes: ["orders:read"] };
 */
export async function createClientSecret(): Promise<NewClientSecret> {
  const text = prefix + encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  return { secret: toSecret(text), hash: await sha256(text) };
}

/** Whether a secret is the client's. */
export type SecretCheck = (presented: string) => MaybePromise<boolean>;

/**
 * The check of a client's secret, if it has one.
 *
 * @throws ConfigurationError
 */
export function toSecretCheck(
  { id, secret, secretHash }: RegisteredClient,
  passwords: PasswordVerifier | undefined,
): SecretCheck | undefined {
  if (secret !== undefined) return compareHashes(sha256(requireLength(id, secret)));
  if (secretHash === undefined) return undefined;
  if (typeof secretHash === "string" && /^[\w-]{43}$/.test(secretHash)) {
    return compareHashes(secretHash);
  }
  if (typeof secretHash !== "string" || !secretHash.startsWith("$")) {
    throw new ConfigurationError(
      `clients: the secretHash of "${id}" must be the SHA-256 of its secret in base64url, as ` +
        "createClientSecret makes it, or a password hash in PHC format ($argon2id$…).",
    );
  }
  if (passwords === undefined) {
    throw new ConfigurationError(
      `clients: the secretHash of "${id}" is a password hash. Say who checks it: passwords: argon2id().`,
    );
  }
  return (presented) => passwords.verify(secretHash, presented);
}

/** Compares hashes, so that the time tells neither a common beginning nor a length. */
function compareHashes(expected: MaybePromise<string>): SecretCheck {
  return async (presented) => equalInConstantTime(await sha256(presented), await expected);
}

function requireLength(id: string, secret: string | Secret): string {
  const text = toSecret(secret).reveal();
  if (text.length >= minimalLength) return text;
  throw new ConfigurationError(
    `clients: the secret of "${id}" must have ${minimalLength} characters or more. ` +
      "Make one of random bytes, or leave it out for a public client.",
  );
}
