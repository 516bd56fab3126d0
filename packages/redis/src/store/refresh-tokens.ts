import type {
  RefreshTokenRecord,
  RefreshTokenStore,
  RotationOutcome,
} from "@countersign/core/state";
import { type Clock, toSeconds } from "@countersign/core/wire";
import type { Connection } from "../connection/connection.ts";
import type { KeyNames } from "./key-names.ts";
import { toLifetime } from "./lifetime.ts";
import * as scripts from "./refresh-token-scripts.ts";

/**
 * A login is one hash, `current` and what a retry needs, with its tokens beside it in the same slot:
 * there `rotate` decides. Two more keys lie in slots of their own: for every token where its login is,
 * since nobody but the token knows that, and for every subject which logins it has.
 *
 * A login goes on while its hash is there and its subject lists it. So `revokeFamily` and
 * `revokeSubject` delete one key each, in one step, wherever the rest is; what a rotation that had
 * begun still writes is not listed any more, and dead. What is written first is worth nothing yet:
 * `start` lists the login last, and the place of a successor is known before it can be current.
 */
export function createRefreshTokens(
  { run }: Connection,
  names: KeyNames,
  clock: Clock,
): RefreshTokenStore {
  const loginOf = (family: string) => names.of("login", family);
  const tokenOf = (family: string, hash: string) => names.beside(loginOf(family), "token", hash);
  const placeOf = (hash: string) => names.of("refresh-token", hash);
  const listOf = (subject: string) => names.of("logins", subject);
  const isListed = async (subject: string, family: string) =>
    (await run(scripts.isListed, [listOf(subject)], [family])) === 1;

  /** Tells where a token's login is. All that may be lost again: a token without it is no token. */
  function place({ hash, family, grant, expiresAt }: RefreshTokenRecord): Promise<unknown> {
    const where: Place = [family, grant.subject];
    const args = [JSON.stringify(where), toLifetime(expiresAt, clock)];
    return run(scripts.place, [placeOf(hash)], args);
  }

  return Object.freeze<RefreshTokenStore>({
    async start(record) {
      const { hash, family, grant, expiresAt, loginEndsAt } = record;
      const lifetime = toLifetime(expiresAt, clock);
      await Promise.all([
        place(record),
        run(
          scripts.start,
          [loginOf(family), tokenOf(family, hash)],
          [hash, grant.subject, JSON.stringify(record), expiresAt, lifetime],
        ),
      ]);
      const now = toSeconds(clock.now());
      const until = Math.max(loginEndsAt, expiresAt);
      await run(
        scripts.list,
        [listOf(grant.subject)],
        [family, until, now, toLifetime(until, clock)],
      );
    },

    async find(hash) {
      const where = (await run(scripts.read, [placeOf(hash)])) as string | null;
      if (where === null) return undefined;
      const [family, subject] = JSON.parse(where) as Place;
      const [listed, found] = await Promise.all([
        isListed(subject, family),
        run(scripts.find, [loginOf(family), tokenOf(family, hash)], [hash]),
      ]);
      const [record, isUsed] = (found ?? [null]) as readonly [string | null, number?];
      return listed && record !== null
        ? { ...JSON.parse(record), isUsed: isUsed === 1 }
        : undefined;
    },

    async rotate({ presented, successor, sealedAnswer, replayUntil, now }) {
      const { hash, family, grant, expiresAt } = successor;
      const [listed] = await Promise.all([isListed(grant.subject, family), place(successor)]);
      if (!listed) return { kind: "gone" };
      const [kind, answer] = (await run(
        scripts.rotate,
        [loginOf(family), tokenOf(family, presented), tokenOf(family, hash)],
        [
          ...[presented, now, hash, JSON.stringify(successor), expiresAt],
          ...[toLifetime(expiresAt, clock), sealedAnswer, replayUntil],
        ],
      )) as readonly [RotationOutcome["kind"], string?];
      if (kind === "replayed") return { kind, sealedAnswer: answer as string };
      return kind === "reused" ? { kind, family } : { kind };
    },

    async families(subject) {
      const listed = (await run(scripts.listed, [listOf(subject)])) as readonly string[];
      const states = await Promise.all(listed.map((each) => run(scripts.exists, [loginOf(each)])));
      return listed.filter((_, at) => states[at] === 1);
    },

    async revokeFamily(family) {
      const subject = await run(scripts.end, [loginOf(family)]);
      if (subject !== null) await run(scripts.unlist, [listOf(subject as string)], [family]);
    },

    async revokeSubject(subject) {
      await run(scripts.drop, [listOf(subject)]);
    },
  });
}

type Place = readonly [family: string, subject: string];
