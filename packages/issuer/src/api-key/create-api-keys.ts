import { createApiKey } from "@countersign/core";
import type { ApiKeyEntry, ApiKeyRecord, ApiKeyRegistry } from "@countersign/core/state";
import {
  type Clock,
  ConfigurationError,
  type Secret,
  toSeconds,
  toSecret,
} from "@countersign/core/wire";
import { reach } from "../reach.ts";
import { requireText } from "../require-text.ts";

/**
 * How {@link createApiKeys} makes and keeps keys.
 *
 * @example
 * const options: ApiKeysOptions = { registry: createMemoryApiKeys([]), prefix: "orders" };
 */
export interface ApiKeysOptions {
  /** Where keys are kept: their hashes alone. Give the guard the same one: `apiKey({ keys: registry })`. */
  readonly registry: ApiKeyRegistry;
  /** What all keys begin with: 1 to 16 lower-case letters and digits, a letter first. */
  readonly prefix: string;
  /** `Date` by default. */
  readonly clock?: Clock;
}

/**
 * Whom a new key stands for, and what it may do.
 *
 * @example
 * const options: NewApiKeyOptions = { subject: "billing", scopes: ["orders:read"], lifetime: 90 * 86_400 };
 */
export interface NewApiKeyOptions {
  readonly subject: string;
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  readonly permissions?: readonly string[];
  /** Seconds for which the key is good; absent: until it is revoked. */
  readonly lifetime?: number;
}

/** A key that has just been made. */
export interface IssuedApiKey extends ApiKeyEntry {
  /** The key itself. Show it once, by `reveal()`: nobody can find it out again. */
  readonly key: Secret;
}

/** One of a subject's keys. The subject must be right: nobody gets at another's keys by their ids. */
export interface ApiKeyName {
  readonly id: string;
  readonly subject: string;
}

/**
 * Makes and ends API keys. All methods reject with an {@link IssuerError} `temporarily_unavailable` while
 * the registry cannot answer.
 *
 * @example
 * const revokeFirst = async (keys: ApiKeys, subject: string) => {
 *   const [first] = await keys.list(subject);
 *   return first !== undefined && keys.revoke({ id: first.id, subject });
 * };
 */
export interface ApiKeys {
  create(options: NewApiKeyOptions): Promise<IssuedApiKey>;
  /** A subject's keys, without what would let anybody use them. */
  list(subject: string): Promise<readonly ApiKeyEntry[]>;
  /**
   * A new key for the same subject with the same rights and, if it has one, a lifetime of the same
   * length; the old one goes on for `overlap` seconds, 0 for none. `undefined` when the subject has no
   * such key that is still good, or it has been rotated already.
   */
  rotate(name: ApiKeyName & { readonly overlap: number }): Promise<IssuedApiKey | undefined>;
  /** Ends a key at once; whether the subject had it. */
  revoke(name: ApiKeyName): Promise<boolean>;
}

/**
 * API keys for users and partners, in the format that the guard's `apiKey` knows by its checksum. At
 * rest there is the SHA-256 of their 190 random bits.
 *
 * @throws ConfigurationError when the options cannot be right
 * @example
 * const keys = createApiKeys({ registry, prefix: "orders" });
 * const { id, key } = await keys.create({ subject: "billing", scopes: ["orders:read"] });
 * response.json({ id, key: key.reveal() });
 */
export function createApiKeys({ registry, prefix, clock = Date }: ApiKeysOptions): ApiKeys {
  if (typeof registry?.add !== "function") {
    throw new ConfigurationError("createApiKeys: registry must be an ApiKeyRegistry.");
  }
  if (!/^[a-z][a-z0-9]{0,15}$/.test(prefix)) {
    throw new ConfigurationError(
      'createApiKeys: prefix must be 1 to 16 lower-case letters and digits, a letter first: "orders".',
    );
  }
  const now = () => toSeconds(clock.now());

  async function make(rights: Rights, lifetime: number | undefined) {
    const { key, id, hash } = await createApiKey(prefix);
    const createdAt = now();
    const expiry = lifetime === undefined ? {} : { expiresAt: createdAt + lifetime };
    const record: ApiKeyRecord = { id, hash, ...rights, createdAt, ...expiry };
    return { record, issued: toIssued(record, key) };
  }

  async function find({ id, subject }: ApiKeyName): Promise<ApiKeyRecord | undefined> {
    const record = await reach(() => registry.find({ id, hash: "" }));
    return record?.subject === subject ? record : undefined;
  }

  return Object.freeze<ApiKeys>({
    async create({ lifetime, ...rights }) {
      if (lifetime !== undefined) requireSeconds(lifetime, 1, "lifetime");
      const { record, issued } = await make(toRights(rights), lifetime);
      await reach(() => registry.add(record));
      return issued;
    },

    list: (subject) => reach(() => registry.list(subject)),

    async rotate({ overlap, ...name }) {
      requireSeconds(overlap, 0, "overlap");
      const old = await find(name);
      const { expiresAt, createdAt } = old ?? {};
      if (!old || (expiresAt !== undefined && expiresAt <= now())) return undefined;
      const lifetime = lifetimeOf(createdAt, expiresAt, now());
      const { record, issued } = await make(toRights(old), lifetime);
      const isDone = await reach(() => registry.replace(old.id, record, now() + overlap));
      return isDone ? issued : undefined;
    },

    async revoke(name) {
      return (await find(name)) !== undefined && reach(() => registry.remove(name.id));
    },
  });
}

type Rights = Omit<NewApiKeyOptions, "lifetime">;

/** A copy, of nothing but this. */
function toRights({ subject, scopes, roles, permissions }: Rights): Rights {
  return {
    subject: requireText(subject, "subject"),
    ...(scopes && { scopes: toNames(scopes, "scopes") }),
    ...(roles && { roles: toNames(roles, "roles") }),
    ...(permissions && { permissions: toNames(permissions, "permissions") }),
  };
}

function toNames(names: readonly string[], option: string): readonly string[] {
  return names.map((name) => requireText(name, option));
}

/** As long as the old key's; of one whose beginning nobody knows, what is left of it. */
function lifetimeOf(
  createdAt: number | undefined,
  expiresAt: number | undefined,
  now: number,
): number | undefined {
  return expiresAt === undefined ? undefined : expiresAt - (createdAt ?? now);
}

function toIssued({ hash, ...entry }: ApiKeyRecord, key: string): IssuedApiKey {
  return Object.freeze({ ...entry, key: toSecret(key) });
}

function requireSeconds(value: number, least: number, name: string): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new ConfigurationError(`${name} must be a whole number of seconds, ${least} or more.`);
}
