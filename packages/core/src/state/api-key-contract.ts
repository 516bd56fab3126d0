import { toSeconds } from "../wire/clock.ts";
import type { ApiKeyRecord, ApiKeyRegistry } from "./api-keys.ts";
import type { ContractCase } from "./refresh-token-contract.ts";
import { same } from "./same.ts";

/**
 * What every {@link ApiKeyRegistry} promises, for any test runner.
 *
 * @example
 * for (const { name, run } of apiKeyContract) test(name, () => run(createMyApiKeys()));
 */
export const apiKeyContract: readonly ContractCase<ApiKeyRegistry>[] = [
  {
    name: "finds a key by its id, and by its hash when there is no id",
    async run(store) {
      const record = await add(store);
      const { id, hash } = record;
      same(await store.find({ id, hash }), record, "the record, by id");
      same(await store.find({ id, hash: "another" }), record, "by id, whatever the hash");
      same(await store.find({ hash }), record, "by hash alone");
      same(await store.find({ id: "unknown", hash }), undefined, "an unknown id");
      same(await store.find({ hash: "unknown" }), undefined, "an unknown hash");
      same(await store.find({ hash: id }), undefined, "an id for a hash");
    },
  },
  {
    name: "gives a record back unchanged, whatever it holds",
    async run(store) {
      const full: ApiKeyRecord = {
        ...recordOf({ subject: "zoë'; -- \u2713" }),
        scopes: ["orders:read", "a'b"],
        roles: [],
        permissions: ["*"],
        createdAt: 1_800_000_000,
        expiresAt: inAnHour(),
      };
      const bare = recordOf({ subject: "" });
      for (const record of [full, bare]) {
        await store.add(record);
        same(await store.find(record), record, "the record");
        same(await store.list(record.subject), [entryOf(record)], "its entry");
      }
    },
  },
  {
    name: "overwrites nothing",
    async run(store) {
      const record = await add(store);
      const usurper = recordOf({ id: record.id, subject: "eve" });
      await refused(() => store.add(usurper), "a second key of one id");
      same(await store.find(record), record, "the first key");
      same(await store.find({ hash: usurper.hash }), undefined, "the second one");
      same(await store.list("eve"), [], "keys of the second one's subject");
    },
  },
  {
    name: "keeps one of many that are added with one id at once",
    async run(store) {
      const id = random();
      const all = Array.from({ length: 20 }, () => recordOf({ id }));
      const results = await Promise.allSettled(all.map(async (record) => store.add(record)));
      const kept = all.filter((_, at) => results[at]?.status === "fulfilled");
      same(kept.length, 1, "how many of twenty were kept");
      same(await store.find({ id, hash: "" }), kept[0], "the record is the winner's");
    },
  },
  {
    name: "keeps ids and hashes apart, however alike",
    async run(store) {
      const text = random();
      const alike = [`${text}aZ`, `${text}Az`, `${text}aZ `, `${text}a`, `${text}a_`, `${text}a%`];
      const records = alike.map((each) => ({ id: each, hash: `h${each}`, subject: "ada" }));
      for (const record of records) await store.add(record);
      for (const record of records) {
        same(await store.find(record), record, `the id "${record.id}"`);
        same(await store.find({ hash: record.hash }), record, `the hash "${record.hash}"`);
      }
    },
  },
  {
    name: "lists the keys of a subject alone, by their ids, without hashes",
    async run(store) {
      const ids = ["b", "A", "a2", "a10", "Z", "0"];
      const records = ids.map((id) => recordOf({ id }));
      await Promise.all(records.map((record) => store.add(record)));
      await add(store, { subject: "Ada" });
      await add(store, { subject: "ada " });
      const sorted = ["0", "A", "Z", "a10", "a2", "b"];
      same(
        (await store.list("ada")).map(({ id }) => id),
        sorted,
        "the ids",
      );
      same(
        (await store.list("ada")).some((entry) => "hash" in entry),
        false,
        "is there a hash",
      );
      same(await store.list("nobody"), [], "the keys of nobody");
    },
  },
  {
    name: "notes the latest use, and changes nothing else by it",
    async run(store) {
      const record = await add(store);
      const other = await add(store, { subject: "bob" });
      const now = toSeconds(Date.now());
      await store.touch?.(record.id, now - 60);
      await store.touch?.(record.id, now);
      await store.touch?.(record.id, now - 30);
      same(await store.find(record), record, "the record");
      same(await store.list("bob"), [entryOf(other)], "a key that was not used");
      if (!store.touch) return;
      same(await store.list("ada"), [{ ...entryOf(record), lastUsedAt: now }], "the entry");
    },
  },
  {
    name: "does not bring a key back when its use is noted late",
    async run(store) {
      const record = await add(store);
      await store.remove(record.id);
      await store.touch?.(record.id, toSeconds(Date.now()));
      await store.touch?.("unknown", toSeconds(Date.now()));
      same(await store.find(record), undefined, "the removed key");
      same(await store.list("ada"), [], "the list");
    },
  },
  {
    name: "replaces a key: its successor is there, and it expires when it is told to",
    async run(store) {
      const old = await add(store, { scopes: ["orders:read"] });
      const successor = recordOf({ scopes: ["orders:write"], expiresAt: inAnHour() + 60 });
      const expiresAt = inAnHour();
      same(await store.replace(old.id, successor, expiresAt), true, "the replacement");
      same(await store.find(successor), successor, "the successor");
      same(await store.find({ hash: successor.hash }), successor, "the successor, by its hash");
      same(await store.find(old), { ...old, expiresAt }, "the old key");
      same(await store.find({ hash: old.hash }), { ...old, expiresAt }, "the old one, by hash");
      same((await store.list("ada")).length, 2, "how many are listed");
    },
  },
  {
    name: "never lets a replaced key live longer than it would have",
    async run(store) {
      const old = await add(store, { expiresAt: inAnHour() });
      same(await store.replace(old.id, recordOf(), inAnHour() + 600), true, "the replacement");
      same(await store.find(old), old, "the old key");
    },
  },
  {
    name: "replaces a key once, and its successor in its turn",
    async run(store) {
      const old = await add(store);
      const [first, second, third] = [recordOf(), recordOf(), recordOf()];
      const expiresAt = inAnHour();
      same(await store.replace(old.id, first, expiresAt), true, "the first time");
      same(await store.replace(old.id, second, expiresAt - 60), false, "the second time");
      same(await store.find(second), undefined, "the second successor");
      same((await store.find(old))?.expiresAt, expiresAt, "when the old key expires");
      same(await store.replace(first.id, third, expiresAt), true, "the successor");
      same(await store.replace("unknown", second, expiresAt), false, "an unknown key");
      same(await store.find(second), undefined, "a successor of nothing");
    },
  },
  {
    name: "replaces a key once of many times at once",
    async run(store) {
      const old = await add(store);
      const all = Array.from({ length: 20 }, () => recordOf());
      const expiresAt = inAnHour();
      const done = await Promise.all(all.map((record) => store.replace(old.id, record, expiresAt)));
      same(done.filter(Boolean).length, 1, "how many of twenty replaced it");
      for (const [at, record] of all.entries()) {
        same(await store.find(record), done[at] ? record : undefined, "a successor");
      }
    },
  },
  {
    name: "does not replace a key by one whose id is taken",
    async run(store) {
      const [old, other] = [await add(store), await add(store, { subject: "bob" })];
      const successor = recordOf({ id: other.id });
      await refused(() => store.replace(old.id, successor, inAnHour()), "a taken id");
      same(await store.find(other), other, "the key that had the id");
      same(await store.find(old), old, "the old key");
      same(await store.replace(old.id, recordOf(), inAnHour()), true, "a second try");
    },
  },
  {
    name: "removes a key at once and altogether",
    async run(store) {
      const record = await add(store);
      const other = await add(store);
      same(await store.remove(record.id), true, "the removal");
      same(await store.find(record), undefined, "the key, by id");
      same(await store.find({ hash: record.hash }), undefined, "the key, by hash");
      same(await store.list("ada"), [entryOf(other)], "the list");
      same(await store.remove(record.id), false, "a second removal");
      same(await store.remove("unknown"), false, "an unknown key");
      same(await store.replace(record.id, recordOf(), inAnHour()), false, "its replacement");
    },
  },
  {
    name: "leaves no successor of a key that was removed first",
    async run(store) {
      for (let round = 0; round < 10; round++) {
        const old = await add(store);
        const successor = recordOf();
        const [replaced] = await Promise.all([
          store.replace(old.id, successor, inAnHour()),
          store.remove(old.id),
        ]);
        same(await store.find(old), undefined, "the removed key");
        same(await store.find(successor), replaced ? successor : undefined, "its successor");
      }
    },
  },
];

async function add(store: ApiKeyRegistry, changes: Partial<ApiKeyRecord> = {}) {
  const record = recordOf(changes);
  await store.add(record);
  return record;
}

function recordOf(changes: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  return { id: random(), hash: random(), subject: "ada", ...changes };
}

function entryOf({ hash, ...entry }: ApiKeyRecord): Omit<ApiKeyRecord, "hash"> {
  return entry;
}

function inAnHour(): number {
  return toSeconds(Date.now()) + 3600;
}

function random(): string {
  return crypto.randomUUID();
}

async function refused(work: () => unknown, what: string): Promise<void> {
  try {
    await work();
  } catch {
    return;
  }
  throw new Error(`${what}: expected an error, and there was none`);
}
