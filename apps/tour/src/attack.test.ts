import { createApiKey } from "@countersign/core";
import {
  type AttackIssuer,
  type AttackReport,
  type AttackTarget,
  attack,
  attackCases,
  createAttackIssuer,
  sendOverHttp,
} from "@countersign/testing/attack";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningApp, startApp } from "./app-process.ts";

const user = { username: "ada", password: "circle:of:life\u00a3" };
const shared = { issuer: "https://legacy.test", secret: "a shared secret of 32 bytes, at least" };
const consumer = { consumerKey: "printer-0123456789", consumerSecret: "secret-of-the-printer" };

describe.each(["express-api", "hono-api", "fastify-api"])("an attack on %s", (name) => {
  let issuer: AttackIssuer;
  let app: RunningApp;
  let key: string;
  beforeAll(async () => {
    issuer = await createAttackIssuer();
    key = (await createApiKey("orders")).key;
    app = await startApp(name, {
      ISSUER_URL: issuer.url,
      AUDIENCE: issuer.audience,
      JWT_ISSUER: shared.issuer,
      JWT_SECRET: shared.secret,
      DEMO_USERNAME: user.username,
      DEMO_PASSWORD: user.password,
      DEMO_API_KEY: key,
      DEMO_OAUTH1_KEY: consumer.consumerKey,
      DEMO_OAUTH1_SECRET: consumer.consumerSecret,
    });
  });
  afterAll(async () => {
    await app?.stop();
    await issuer?.close();
  });

  const at = (path: string) => `${app.url}${path}`;
  const lead = (target: AttackTarget) => attack(fetch, target, { sendRaw: sendOverHttp });

  it("finds nothing, by any kind of caller", async () => {
    const report = await lead({
      url: at("/whoami"),
      issuer,
      doors: { scoped: at("/orders") },
      callers: {
        basic: { url: at("/protected"), ...user },
        oauth1: { url: at("/protected"), ...consumer },
        apiKey: { url: at("/data"), key, header: "X-API-Key", query: "api_key" },
      },
    });
    expect(findingsOf(report)).toEqual([]);
    expect(notRunOf(report)).toEqual(notRun);
    expect(report.summary.passed).toBe(attackCases.length - Object.values(notRun).flat().length);
    expect(report.summary.passed).toBeGreaterThan(270);
  });

  it("finds nothing, by who knows the shared secret", async () => {
    const known = {
      url: shared.issuer,
      audience: issuer.audience,
      key: shared.secret,
      alg: "HS256",
    };
    const report = await lead({ url: at("/private"), issuer: known });
    expect(findingsOf(report)).toEqual([]);
    const passed = report.results.filter(({ outcome }) => outcome === "passed").map(({ id }) => id);
    expect(passed).toContain("good-hs256");
    expect(passed.length).toBeGreaterThan(140);
  });
});

const findingsOf = ({ results }: AttackReport) =>
  results.filter(({ outcome }) => outcome === "finding");

/** What was not run, by the reason why. */
function notRunOf({ results }: AttackReport): Readonly<Record<string, readonly string[]>> {
  const notRun = results.filter(({ outcome }) => outcome === "not-run");
  const reasons = Map.groupBy(notRun, ({ found }) => found);
  return Object.fromEntries([...reasons].map(([why, cases]) => [why, cases.map(({ id }) => id)]));
}

const nonces = ["nonce-absent", "nonce-bad", "good-nonce"];
const idsIn = (group: string) =>
  attackCases.filter((each) => each.group === group).map(({ id }) => id);
/** The apps bind no token to a key, have no Digest, and serve no GET to admins or to one client alone. */
const notRun: Readonly<Record<string, readonly string[]>> = {
  "no issuer with a shared secret is trusted": [
    ...["good-hs256", "good-hs256-secret-for-public-keys", "es256-where-hmac-is-configured"],
  ],
  "no second issuer is trusted": ["good-token-of-tenant-b"],
  'no URL was given for "clients"': [
    ...["good-azp", "azp-foreign", "client-id-foreign", "client-absent"],
  ],
  'no URL was given for "admin"': ["proto-claim-gives-no-role"],
  'no URL was given for "bound"': [
    ...idsIn("dpop").filter((id) => !nonces.includes(id)),
    "proof-replayed-at-once",
  ],
  'no URL was given for "bound/nonce"': nonces,
  "nobody listens in on a loopback address": ["oauth1-plaintext-over-http"],
  "PLAINTEXT is for https alone": ["good-oauth1-plaintext-over-https"],
  'no caller was given for "digest"': [...idsIn("digest"), "digest-count-replayed-at-once"],
};
