/** Password hashing on Node: `@countersign/issuer/argon2`. */
import { ConfigurationError, type MaybePromise } from "@countersign/core/wire";
import { hash, verify } from "@node-rs/argon2";

/**
 * The work one hash costs. The defaults are OWASP's: 19 MiB, two passes, one lane.
 *
 * @example
 * const options: Argon2Options = { memoryCost: 47_104, timeCost: 1 };
 */
export interface Argon2Options {
  /** Memory in KiB; 19456 by default. */
  readonly memoryCost?: number;
  /** Passes over the memory; 2 by default. */
  readonly timeCost?: number;
  /** Lanes; 1 by default. */
  readonly parallelism?: number;
  /**
   * Keeps a password's new hash in the place of the old one. Called when a right password was checked
   * whose hash was made at other costs, so that costs can be raised: users get theirs as they log in.
   * Compare the old hash when you write, since the password may have been changed meanwhile. Its
   * failure refuses nobody; the next login tries again.
   *
   * @example
   * argon2id({
   *   timeCost: 3,
   *   onRehash: (old, fresh) => sql`update users set hash = ${fresh} where hash = ${old}`,
   * });
   */
  readonly onRehash?: (old: string, fresh: string) => MaybePromise<unknown>;
}

/**
 * Hashes passwords and checks them; also fits as the verifier of the guard's `basic` scheme.
 *
 * @example
 * const passwords: PasswordHasher = argon2id();
 * const scheme = basic({ users, passwords });
 */
export interface PasswordHasher {
  /**
   * The hash to store, in PHC format, with a salt of its own.
   *
   * @throws RangeError when the password is empty or longer than 1024 bytes
   */
  hash(password: string): Promise<string>;
  /**
   * Whether a password is the right one. For a user who does not exist pass `undefined`: it costs
   * the same time and gives `false`.
   *
   * @throws Error when the stored hash is none of argon2id: a problem of the store, not of the user
   */
  verify(hash: string | undefined, password: string): Promise<boolean>;
  /** Whether a hash was made at other costs than these, and should be made anew. */
  needsRehash(hash: string): boolean;
}

/** In UTF-8 bytes: argon2 has no limit of its own, so a caller could make us hash megabytes. */
const maximalLength = 1024;
const utf8 = new TextEncoder();

/**
 * Argon2id (RFC 9106). Needs the package `@node-rs/argon2`.
 *
 * After raising the costs, have passwords hashed anew at their users' next login by `onRehash`: until
 * then checking an old hash takes another time than the dummy of an unknown user.
 *
 * @throws ConfigurationError
 * @example
 * const passwords = argon2id();
 * const stored = await passwords.hash("correct horse battery staple");
 * await passwords.verify(stored, "correct horse battery staple"); // true
 * await passwords.verify(undefined, "whatever"); // false, and as slow
 */
export function argon2id(options: Argon2Options = {}): PasswordHasher {
  const { memoryCost = 19_456, timeCost = 2, parallelism = 1, onRehash } = options;
  requireCost(parallelism, 1, 255, "parallelism");
  requireCost(timeCost, 1, 2 ** 32 - 1, "timeCost");
  requireCost(memoryCost, 8 * parallelism, 2 ** 32 - 1, "memoryCost"); // RFC 9106 §3.1
  const costs = { memoryCost, timeCost, parallelism };
  const beginning = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`;
  // No password has it: both parts are random. So it need not be computed, and nobody waits for it.
  const dummy = `${beginning}${random(16)}$${random(32)}`;
  const needsRehash = (stored: string) => !stored.startsWith(beginning);

  async function rehash(stored: string, password: string): Promise<void> {
    try {
      await onRehash?.(stored, await hash(password, costs));
    } catch {
      // The password was right all the same.
    }
  }

  return Object.freeze<PasswordHasher>({
    async hash(password) {
      const { length } = utf8.encode(password);
      if (length > 0 && length <= maximalLength) return hash(password, costs);
      throw new RangeError(`A password must have from 1 to ${maximalLength} bytes.`);
    },
    async verify(stored, password) {
      if (stored !== undefined && !stored.startsWith("$argon2id$")) {
        throw new Error("A stored password hash is not an argon2id hash.");
      }
      if (utf8.encode(password).length > maximalLength) return false;
      const right = await verify(stored ?? dummy, password);
      if (stored === undefined || !right) return false;
      if (onRehash && needsRehash(stored)) await rehash(stored, password);
      return true;
    },
    needsRehash,
  });
}

function requireCost(value: number, least: number, most: number, name: string): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new ConfigurationError(`${name} must be a whole number from ${least} to ${most}.`);
}

/** Base64 without padding, as PHC strings have it. */
function random(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return btoa(String.fromCharCode(...bytes)).replace(/=+$/, "");
}
