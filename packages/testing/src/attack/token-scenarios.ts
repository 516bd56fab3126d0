import { bearer, get } from "../adapter-contract/case.ts";
import { NotRun } from "./context.ts";
import { provenRequest } from "./dpop.ts";
import { forge, goodClaims } from "./forge.ts";
import { isAccepted, mixedUp } from "./judge.ts";
import { acceptedOnce, type Probe, type Scenario, sendMany } from "./scenario.ts";

const flood = 50;
/** As many as a server may do that limits how often it fetches, by the defaults of those that do. */
const enough = 10;

const tokenRequest = (token: string) => get("/tokens", bearer(token));
const good = ({ context }: Probe) => tokenRequest(forge(context));
const strange = ({ context }: Probe) =>
  tokenRequest(forge(context, { header: { kid: crypto.randomUUID() } }));

/** @throws NotRun where keys are fetched from somebody else */
function counter({ fetches }: Probe): () => number {
  const before = fetches();
  if (before === undefined) throw new NotRun("who fetches keys is seen by an attack issuer alone");
  return () => (fetches() ?? 0) - before;
}

/** After a good token, one that shares with it what a careless cache goes by. */
const afterGood =
  (change: (segments: readonly string[], probe: Probe) => string): Scenario["run"] =>
  async (probe) => {
    const token = forge(probe.context);
    await probe.send(tokenRequest(token));
    const answer = await probe.send(tokenRequest(change(token.split("."), probe)));
    return isAccepted(answer) ? { grade: "hole", found: `${answer.status}` } : undefined;
  };

export const tokenScenarios: readonly Scenario[] = [
  {
    id: "random-kids",
    source: "RFC 8725 §2.9; OWASP API4:2023",
    expected: `at most ${enough} fetches of keys for ${flood} unknown kids`,
    async run(probe) {
      await probe.send(good(probe));
      const fetched = counter(probe);
      const answers = await sendMany(flood, () => probe.send(strange(probe)));
      if (answers.some(isAccepted)) return { grade: "hole", found: "an unknown key was taken" };
      const found = `${fetched()} fetches for ${flood} unknown kids`;
      return fetched() > enough ? { grade: "hole", found } : undefined;
    },
  },
  {
    id: "good-users-during-random-kids",
    source: "OWASP API4:2023",
    isControl: true,
    expected: "2xx for each good token",
    async run(probe) {
      const answers = await sendMany(40, (at) =>
        probe.send(at % 2 === 0 ? strange(probe) : good(probe)),
      );
      const refused = answers.filter((answer, at) => at % 2 === 1 && !isAccepted(answer));
      if (refused.length === 0) return undefined;
      const found = `${refused.length} of 20 refused, with ${refused[0]?.status}`;
      return { grade: "refused-control", found };
    },
  },
  {
    id: "keys-fetched-for-good-tokens",
    source: "RFC 7517 §5; RFC 9111",
    expected: "at most 2 fetches of keys for 20 good tokens",
    async run(probe) {
      await probe.send(good(probe));
      const fetched = counter(probe);
      for (let sent = 0; sent < 20; sent += 1) await probe.send(good(probe));
      const found = `${fetched()} fetches for 20 good tokens`;
      return fetched() > 2 ? { grade: "deviation", found } : undefined;
    },
  },
  {
    id: "two-subjects-at-once",
    source: "CVE-2026-35039",
    expected: "each answer for its own caller",
    async run(probe) {
      const subjects = ["ada", "bob"];
      const tokens = subjects.map((sub) => {
        const claims = { ...goodClaims(probe.context), sub, jti: "the-same" };
        return forge(probe.context, { claims });
      });
      const answers = await sendMany(20, (at) => probe.send(tokenRequest(tokens[at % 2] ?? "")));
      return answers
        .map((answer, at) => mixedUp(subjects[at % 2] ?? "", answer, probe.target))
        .find((finding) => finding !== undefined);
    },
  },
  {
    id: "signature-changed-after-good",
    source: "RFC 7515 §5.2",
    expected: "401 for a known token with another signature",
    run: afterGood(([header, payload, signature = ""]) => {
      const first = signature.startsWith("A") ? "B" : "A";
      return `${header}.${payload}.${first}${signature.slice(1)}`;
    }),
  },
  {
    id: "payload-changed-after-good",
    source: "RFC 7515 §5.2",
    expected: "401 for a known signature under other claims",
    run: afterGood(([header, , signature], { context }) => {
      const claims = Buffer.from(JSON.stringify({ ...goodClaims(context), sub: "root" }));
      return `${header}.${claims.toString("base64url")}.${signature}`;
    }),
  },
  {
    id: "expired-after-good-of-same-subject",
    source: "RFC 7519 §4.1.4",
    expected: "401 for an expired token with the sub and jti of a good one",
    async run(probe) {
      const claims = goodClaims(probe.context);
      await probe.send(tokenRequest(forge(probe.context, { claims })));
      const expired = { ...claims, exp: Number(claims.iat) - 3600 };
      const answer = await probe.send(tokenRequest(forge(probe.context, { claims: expired })));
      return isAccepted(answer) ? { grade: "hole", found: `${answer.status}` } : undefined;
    },
  },
  {
    id: "proof-replayed-at-once",
    source: "RFC 9449 §11.1",
    expected: "one proof sent ten times at once: accepted once",
    run: acceptedOnce(provenRequest),
  },
];
