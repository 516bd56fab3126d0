import { attackCases } from "./attack-cases.ts";
import type { AttackReport } from "./report.ts";

/** A requirement of OWASP ASVS 5.0, and what of it an attack can see. */
export interface Coverage {
  /** As in "9.1.1". */
  readonly requirement: string;
  readonly topic: string;
  /** The cases that try it; none where it cannot be seen from outside. */
  readonly cases: readonly string[];
  /** Of those cases, with a report: whether all that ran passed. Otherwise: not seen. */
  readonly outcome: "passed" | "finding" | "not-run" | "out of reach";
  /** What is left to look at by other means. */
  readonly note?: string;
}

interface Row {
  readonly requirement: string;
  readonly topic: string;
  readonly by?: RegExp;
  readonly note?: string;
}

/**
 * V9 Self-contained Tokens, of V10 OAuth and OIDC the part on resource servers, and what other chapters ask of
 * passwords, keys and signatures (OWASP ASVS 5.0.0).
 */
const rows: readonly Row[] = [
  {
    requirement: "4.1.5",
    topic: "Messages that need it are signed, each by itself",
    by: /^oauth1\/(?!good)|^digest\/(?!good)|^state\/(oauth1|digest)-/,
    note: "Which need it is the service's to say.",
  },
  {
    requirement: "6.2.8",
    topic: "Passwords are verified exactly as received: not cut, not in another case",
    by: /^(basic|digest)\/.*-password/,
  },
  {
    requirement: "6.3.8",
    topic: "Refusals do not tell which users there are",
    by: /^(basic|digest)\/.*-unknown-user|^state\/basic-unknown-user/,
    note: "Times are not compared.",
  },
  {
    requirement: "13.2.1",
    topic: "Services authenticate to each other, and not by what never changes",
    by: /^api-key\/(?!good)/,
    note: "Whether keys change cannot be seen from outside.",
  },
  {
    requirement: "9.1.1",
    topic: "A token's signature or MAC is validated before its contents are used",
    by: /^signature\/(?!good)|^state\/(signature|payload)-changed/,
  },
  {
    requirement: "9.1.2",
    topic: "Only allowlisted algorithms, and never none",
    by: /^signature\/alg-|^key-confusion\/(?!good)/,
  },
  {
    requirement: "9.1.3",
    topic: "Keys come from trusted sources that were configured; jku, x5u and jwk are not believed",
    by: /^header\/(embedded-jwk|key-behind|x5c|jku|x5u)|^header\/key-of-issuer/,
  },
  {
    requirement: "9.2.1",
    topic: "A token is taken within its validity time alone",
    by: /^claims\/(exp|nbf)-|^encoding\/exp-|^state\/expired/,
  },
  {
    requirement: "9.2.2",
    topic: "A token is of the right type for its purpose",
    by: /^header\/typ-|^claims\/(id|refresh)-token/,
  },
  {
    requirement: "9.2.3",
    topic: "Only tokens meant for this service (aud) are taken",
    by: /^claims\/aud-/,
  },
  {
    requirement: "9.2.4",
    topic: "An issuer's key for several audiences says which token is for which",
    note: "A requirement on the issuer.",
  },
  {
    requirement: "10.3.1",
    topic: "The resource server takes only access tokens meant for it",
    by: /^claims\/aud-/,
  },
  {
    requirement: "10.3.2",
    topic: "Decisions follow the claims of the access token (sub, scope, …)",
    by: /^claims\/scope-|^encoding\/proto-claim/,
    note: "Of the endpoint's own policy only what doors were given for.",
  },
  {
    requirement: "10.3.3",
    topic: "Users are told apart by claims that cannot be reassigned (iss and sub)",
    by: /^claims\/good-subject-|^state\/two-subjects/,
    note: "What an application stores about its users cannot be seen from outside.",
  },
  {
    requirement: "10.3.4",
    topic: "Strength, means and age of the authentication are checked where they are required",
    note: "Depends on what the endpoint requires.",
  },
  {
    requirement: "10.3.5",
    topic: "Stolen tokens are of no use: they are bound to a sender (DPoP or mTLS)",
    by: /^dpop\/|^state\/proof-replayed/,
    note: "mTLS is not tried.",
  },
  ...["10.1", "10.2", "10.4", "10.5", "10.6", "10.7"].map((requirement) => ({
    requirement,
    topic: "Clients, authorization servers, OpenID clients and providers, consent",
    note: "Sections on parties other than the API.",
  })),
];

/**
 * What of OWASP ASVS 5.0 the cases try: V9, V10, and a part of V4, V6 and V13; with a report, what came of it.
 * It says what was looked at, and certifies nothing.
 *
 * @example
 * for (const { requirement, outcome } of toCoverage(report)) console.log(requirement, outcome);
 */
export function toCoverage(report?: AttackReport): readonly Coverage[] {
  const outcomes = new Map(report?.results.map(({ id, outcome }) => [id, outcome]));
  return rows.map(({ by, ...row }) => {
    const cases = attackCases
      .filter(({ group, id }) => by?.test(`${group}/${id}`))
      .map(({ id }) => id);
    const came = cases.map((id) => outcomes.get(id) ?? "not-run");
    return { ...row, cases, outcome: sum(came) };
  });
}

function sum(came: readonly ("passed" | "finding" | "not-run")[]): Coverage["outcome"] {
  if (came.length === 0) return "out of reach";
  if (came.includes("finding")) return "finding";
  return came.includes("passed") ? "passed" : "not-run";
}
