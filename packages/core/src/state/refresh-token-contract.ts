import { toSeconds } from "../wire/clock.ts";
import type {
  FoundRefreshToken,
  Grant,
  RefreshTokenRecord,
  RefreshTokenStore,
  Rotation,
  RotationOutcome,
} from "./refresh-tokens.ts";
import { same } from "./same.ts";

/**
 * One promise of a contract: `run` takes a fresh, empty store and throws when it is not kept.
 *
 * @example
 * const promise: ContractCase<Store> = { name: "keeps what it is given", run: async (store) => {} };
 */
export interface ContractCase<Store> {
  readonly name: string;
  run(store: Store): Promise<void>;
}

/**
 * What every {@link RefreshTokenStore} promises, for any test runner. Times start at the system's
 * and only go forwards, since a store may let its database expire records by itself.
 *
 * @example
 * for (const { name, run } of refreshTokenContract) test(name, () => run(createMyStore()));
 */
export const refreshTokenContract: readonly ContractCase<RefreshTokenStore>[] = [
  {
    name: "finds a token that was started, and nothing else",
    async run(store) {
      const { record } = await login(store);
      same(await store.find(record.hash), unused(record), "the record comes back as it was given");
      same(await store.find("unknown"), undefined, "an unknown hash has no record");
    },
  },
  {
    name: "gives a grant back unchanged, whatever its claims hold",
    async run(store) {
      const grant: Grant = {
        subject: "zoë'; --",
        clientId: "app",
        audience: ["https://a.example", "https://b.example"],
        scopes: [],
        claims: { roles: ["admin"], nested: { list: [1, null, true, "\u0000✓"], empty: {} } },
        authenticatedAt: 1_700_000_000,
        methods: ["pwd", "otp"],
        acr: "urn:example:silver",
        dpopKey: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
      };
      const { record } = await login(store, { grant });
      same((await store.find(record.hash))?.grant, grant, "the grant is the same");
    },
  },
  {
    name: "rotates a current token and keeps both records",
    async run(store) {
      const { record, now } = await login(store);
      const rotation = rotate(record, { now });
      same(await store.rotate(rotation), { kind: "rotated" }, "the first use rotates");
      const { successor } = rotation;
      same(await store.find(successor.hash), unused(successor), "the successor is there");
      const used = { ...record, isUsed: true };
      same(await store.find(record.hash), used, "a used token is still found, as used");
      const next = rotate(successor, { now });
      same(await store.rotate(next), { kind: "rotated" }, "the successor rotates in its turn");
    },
  },
  {
    name: "keeps the grant that a successor brings, and its predecessor's beside it",
    async run(store) {
      const { record, now } = await login(store);
      const successor = { grant: { ...record.grant, scopes: ["a"], dpopKey: "x".repeat(43) } };
      const rotation = rotate(record, { now, successor });
      await store.rotate(rotation);
      same((await store.find(record.hash))?.grant, record.grant, "the used token's grant");
      const found = await store.find(rotation.successor.hash);
      same(found?.grant, successor.grant, "the successor's grant");
    },
  },
  {
    name: "rotates once of many at once, and replays the winner's answer to the others",
    async run(store) {
      const { record, now } = await login(store);
      const rotations = Array.from({ length: 50 }, () => rotate(record, { now }));
      const outcomes = await Promise.all(rotations.map((rotation) => store.rotate(rotation)));
      const winners = rotations.filter((_, at) => outcomes[at]?.kind === "rotated");
      const [winner] = winners;
      if (winners.length !== 1 || !winner) throw new Error(`${winners.length} rotated, not one`);
      const replay: RotationOutcome = { kind: "replayed", sealedAnswer: winner.sealedAnswer };
      for (const [at, rotation] of rotations.entries()) {
        if (rotation === winner) continue;
        same(outcomes[at], replay, "a loser gets the winner's answer");
        same(
          await store.find(rotation.successor.hash),
          undefined,
          "a loser's successor is not kept",
        );
      }
    },
  },
  {
    name: "replays until the window ends, and takes the next use for theft",
    async run(store) {
      const { record, family, now } = await login(store);
      const first = rotate(record, { now, replayUntil: now + 10 });
      await store.rotate(first);
      const replay: RotationOutcome = { kind: "replayed", sealedAnswer: first.sealedAnswer };
      const late = rotate(record, { now: now + 9, replayUntil: now + 19 });
      same(await store.rotate(late), replay, "a retry inside the window");
      // The window is that of the first use: a retry does not lengthen it.
      const later = rotate(record, { now: now + 10 });
      same(await store.rotate(later), { kind: "reused", family }, "a use when the window ends");
      same(await store.find(first.successor.hash), undefined, "the family has ended");
      const after = rotate(first.successor, { now: now + 10 });
      same(await store.rotate(after), { kind: "gone" }, "the successor is dead");
      same(await store.find(after.successor.hash), undefined, "and has none");
    },
  },
  {
    name: "replays no more once the successor is used",
    async run(store) {
      const { record, family, now } = await login(store);
      const first = rotate(record, { now });
      await store.rotate(first);
      await store.rotate(rotate(first.successor, { now }));
      same(await store.rotate(rotate(record, { now })), { kind: "reused", family }, "a late retry");
    },
  },
  {
    name: "ends the reused token's family alone, and says so once",
    async run(store) {
      const { record, now } = await login(store);
      const other = await login(store, { grant: record.grant });
      await store.rotate(rotate(record, { now, replayUntil: now }));
      const thefts = await Promise.all(
        Array.from({ length: 20 }, () => store.rotate(rotate(record, { now }))),
      );
      same(thefts.filter(({ kind }) => kind === "reused").length, 1, "one is told of the reuse");
      same(thefts.filter(({ kind }) => kind === "gone").length, 19, "the others find nothing");
      same(
        await store.rotate(rotate(other.record, { now })),
        { kind: "rotated" },
        "the other login",
      );
    },
  },
  {
    name: "refuses an unknown token",
    async run(store) {
      const now = toSeconds(Date.now());
      const rotation = rotate(recordOf(now, random()), { now });
      same(await store.rotate(rotation), { kind: "gone" }, "nothing to rotate");
      same(await store.find(rotation.successor.hash), undefined, "nothing is kept");
    },
  },
  {
    name: "refuses a token from the second it expires, used or not, without revoking",
    async run(store) {
      const { record } = await login(store);
      const { record: used, now } = await login(store);
      const first = rotate(used, { now, successor: { expiresAt: used.expiresAt + 3600 } });
      await store.rotate(first);
      for (const { hash, expiresAt } of [record, used]) {
        const rotation = { ...rotate(record, { now: expiresAt }), presented: hash };
        same(await store.rotate(rotation), { kind: "gone" }, "an expired token");
      }
      const next = rotate(first.successor, { now: used.expiresAt });
      same(await store.rotate(next), { kind: "rotated" }, "the family goes on");
    },
  },
  {
    name: "revokes a family with every token in it, and no other",
    async run(store) {
      const { record, family, now } = await login(store);
      const other = await login(store, { grant: record.grant });
      const first = rotate(record, { now });
      await store.rotate(first);
      await store.revokeFamily(family);
      await store.revokeFamily(family);
      await store.revokeFamily("unknown");
      for (const { hash } of [record, first.successor]) {
        same(await store.find(hash), undefined, "no record of a revoked family");
        const rotation = { ...rotate(record, { now }), presented: hash };
        same(await store.rotate(rotation), { kind: "gone" }, "no rotation in a revoked family");
      }
      same(await store.find(other.record.hash), unused(other.record), "the other login is there");
    },
  },
  {
    name: "revokes every family of a subject, and of no other",
    async run(store) {
      const mine = [await login(store), await login(store)];
      const other = await login(store, { grant: { ...grant, subject: "bob" } });
      await store.revokeSubject(grant.subject);
      await store.revokeSubject("nobody");
      for (const { record, now } of mine) {
        same(await store.find(record.hash), undefined, "the subject's login has ended");
        same(await store.rotate(rotate(record, { now })), { kind: "gone" }, "and rotates no more");
      }
      same(await store.find(other.record.hash), unused(other.record), "another subject's login");
      const again = await login(store);
      same(await store.find(again.record.hash), unused(again.record), "who can log in again");
    },
  },
  {
    name: "lists the families of a subject that can still be refreshed, each once",
    async run(store) {
      const mine = [await login(store), await login(store), await login(store)];
      await login(store, { grant: { ...grant, subject: "bob" } });
      const [rotated, revoked] = mine;
      if (!rotated || !revoked) return;
      await store.rotate(rotate(rotated.record, { now: rotated.now }));
      same(sortedFamilies(await store.families("ada")), familiesOf(mine), "all of them");
      await store.revokeFamily(revoked.family);
      const rest = mine.filter((each) => each !== revoked);
      same(sortedFamilies(await store.families("ada")), familiesOf(rest), "those that go on");
      same(await store.families("nobody"), [], "the families of nobody");
      await store.revokeSubject("ada");
      same(await store.families("ada"), [], "the families after all have ended");
    },
  },
  {
    name: "leaves nothing alive when a family is revoked during a rotation",
    async run(store) {
      const { record, family, now } = await login(store);
      const rotation = rotate(record, { now });
      await Promise.all([store.rotate(rotation), store.revokeFamily(family)]);
      same(await store.find(record.hash), undefined, "the presented token is dead");
      same(await store.find(rotation.successor.hash), undefined, "so is its successor");
    },
  },
];

const grant: Grant = { subject: "ada", audience: ["https://api.example"], scopes: ["orders:read"] };

async function login(store: RefreshTokenStore, changes: Partial<RefreshTokenRecord> = {}) {
  const now = toSeconds(Date.now());
  const record = { ...recordOf(now, random()), ...changes };
  await store.start(record);
  return { record, family: record.family, now };
}

function unused(record: RefreshTokenRecord): FoundRefreshToken {
  return { ...record, isUsed: false };
}

function familiesOf(logins: readonly { readonly family: string }[]): readonly string[] {
  return sortedFamilies(logins.map(({ family }) => family));
}

function sortedFamilies(families: readonly string[]): readonly string[] {
  return [...families].sort();
}

function recordOf(now: number, family: string): RefreshTokenRecord {
  return { hash: random(), family, grant, expiresAt: now + 3600, loginEndsAt: now + 86_400 };
}

interface RotationChanges extends Partial<Omit<Rotation, "successor">> {
  readonly now: number;
  readonly successor?: Partial<RefreshTokenRecord>;
}

/** A rotation of a record, with a successor and an answer of its own. */
function rotate(record: RefreshTokenRecord, { successor, ...changes }: RotationChanges): Rotation {
  return {
    presented: record.hash,
    successor: { ...record, hash: random(), ...successor },
    sealedAnswer: random(),
    replayUntil: changes.now + 10,
    ...changes,
  };
}

function random(): string {
  return crypto.randomUUID();
}
