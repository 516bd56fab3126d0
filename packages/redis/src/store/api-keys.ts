import type { ApiKeyEntry, ApiKeyRecord, ApiKeyRegistry } from "@countersign/core/state";
import type { Clock } from "@countersign/core/wire";
import type { Connection } from "../connection/connection.ts";
import * as scripts from "./api-key-scripts.ts";
import type { KeyNames } from "./key-names.ts";
import { toLifetime } from "./lifetime.ts";

/** Expired keys are listed for a week, in seconds, so that their owner sees why they are refused. */
const keptExpired = 7 * 86_400;

/**
 * All of one slot, since a successor and the key it replaces must change together, and nothing ties
 * their ids to one another: in a cluster one node answers for all API keys of a prefix.
 */
export function createApiKeys({ run }: Connection, names: KeyNames, clock: Clock): ApiKeyRegistry {
  const group = names.of("api-keys");
  const keyOf = (id: string) => names.beside(group, "id", id);
  const idOf = (hash: string) => names.beside(group, "hash", hash);
  const listOf = (subject: string) => names.beside(group, "subject", subject);
  const keysOf = ({ id, hash, subject }: ApiKeyRecord) => [keyOf(id), idOf(hash), listOf(subject)];

  /** Nothing for a key that has no end: it is there until it is removed. */
  function lifetimeOf({ expiresAt }: ApiKeyRecord): number | "" {
    return expiresAt === undefined ? "" : toLifetime(expiresAt + keptExpired, clock);
  }

  async function read(id: string): Promise<Kept | undefined> {
    const fields = await run(scripts.read, [keyOf(id)]);
    const [text, lastUsedAt] = fields as readonly [string | null, string | null];
    if (text === null) return undefined;
    return {
      text,
      record: JSON.parse(text),
      ...(lastUsedAt && { lastUsedAt: Number(lastUsedAt) }),
    };
  }

  async function findByHash(hash: string): Promise<ApiKeyRecord | undefined> {
    const id = (await run(scripts.readId, [idOf(hash)])) as string | null;
    return id === null ? undefined : (await read(id))?.record;
  }

  return Object.freeze<ApiKeyRegistry>({
    async find({ id, hash }) {
      return id === undefined ? findByHash(hash) : (await read(id))?.record;
    },

    async touch(id, at) {
      await run(scripts.touch, [keyOf(id)], [at]);
    },

    async add(record) {
      const args = [record.id, JSON.stringify(record), lifetimeOf(record)];
      if ((await run(scripts.add, keysOf(record), args)) !== 1) throw taken(record);
    },

    async list(subject) {
      const ids = (await run(scripts.list, [listOf(subject)])) as readonly string[];
      const all = await Promise.all(ids.map(read));
      return all
        .flatMap((kept) => kept ?? [])
        .map(toEntry)
        .sort(byId);
    },

    async replace(id, successor, expiresAt) {
      const kept = await read(id);
      if (!kept) return false;
      const old = kept.record;
      const ending = { ...old, expiresAt: Math.min(expiresAt, old.expiresAt ?? expiresAt) };
      const outcome = await run(
        scripts.replace,
        [...keysOf(old), ...keysOf(successor)],
        [
          ...[id, kept.text, JSON.stringify(ending), lifetimeOf(ending)],
          ...[successor.id, JSON.stringify(successor), lifetimeOf(successor)],
        ],
      );
      if (outcome === "taken") throw taken(successor);
      return outcome === "replaced";
    },

    async remove(id) {
      const kept = await read(id);
      return kept !== undefined && (await run(scripts.remove, keysOf(kept.record), [id])) === 1;
    },
  });
}

interface Kept {
  readonly record: ApiKeyRecord;
  /** The record as Redis has it. */
  readonly text: string;
  readonly lastUsedAt?: number;
}

function toEntry({ record: { hash, ...entry }, lastUsedAt }: Kept): ApiKeyEntry {
  return { ...entry, ...(lastUsedAt !== undefined && { lastUsedAt }) };
}

function byId(a: ApiKeyEntry, b: ApiKeyEntry): number {
  return a.id < b.id ? -1 : 1;
}

function taken({ id }: ApiKeyRecord): Error {
  return new Error(`There is an API key with the id "${id}".`);
}
