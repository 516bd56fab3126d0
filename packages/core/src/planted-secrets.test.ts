import { channel } from "node:diagnostics_channel";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createCsrfTokens } from "./cookie/csrf-tokens.ts";
import { sessionCookie } from "./cookie/session-cookie.ts";
import { dpop } from "./dpop/dpop.ts";
import { boundToken, guardOf as dpopGuardOf, issuerKey, makeProof } from "./dpop/proof.fixture.ts";
import { explain } from "./explain/explain.ts";
import { formatExplanation } from "./explain/format-explanation.ts";
import {
  apiKeys,
  bearing,
  cookie,
  csrfToken,
  digestRequest,
  digests,
  expiredKey,
  goodKey,
  guardOf,
  ha1,
  introspected,
  loggingIn,
  passwords,
  planted,
  requestWith,
  signedRequest,
  signedRequests,
} from "./explain/planted.fixture.ts";
import { type Scenario, scenarios } from "./explain/scenarios.fixture.ts";
import { toAnswer } from "./guard/answer.ts";
import type { GuardEvent } from "./guard/event.ts";
import { scopeMissing } from "./guard/refusals.ts";
import { guessLimits } from "./guard/throttle.ts";
import { rejected } from "./guard/verdict.ts";
import { introspection } from "./introspection/introspection.ts";
import { DemandError } from "./requirement/demand.ts";
import { scope } from "./requirement/scope.ts";
import { createMemoryThrottle } from "./state/memory-throttle.ts";
import { createMemoryReplays } from "./state/replay.ts";
import { jwt } from "./token/jwt.ts";
import { audience, clock, issuer, sign } from "./token/signing.fixture.ts";

const events: GuardEvent[] = [];
const hear = (event: unknown) => void events.push(event as GuardEvent);
beforeAll(() => channel("countersign:verdict").subscribe(hear));
afterAll(() => void channel("countersign:verdict").unsubscribe(hear));
beforeEach(() => {
  events.length = 0;
});

/** Everything that a value may show to a log, a debugger or a caller. */
function shown(value: unknown): string {
  const whole = {
    depth: Infinity,
    showHidden: true,
    maxStringLength: Infinity,
    maxArrayLength: Infinity,
    getters: true,
  };
  const parts = [inspect(value, whole), String(JSON.stringify(value)), String(value)];
  if (value instanceof Error) parts.push(value.message, String(value.stack), inspect({ ...value }));
  // Bytes stand in columns.
  return parts.join("\n").replace(/\s+/g, " ");
}

const keyParts = [goodKey, expiredKey].map(({ key }) => key.split("_")[2] ?? "");
const constant = [
  "planted",
  ha1,
  csrfToken,
  ...keyParts,
  ...[...Object.values(planted), `ada:${planted.password}`].flatMap((secret) => {
    const bytes = new TextEncoder().encode(secret);
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [btoa(secret).replaceAll("=", ""), hex, bytes.join(", "), bytes.join(",")];
  }),
];

/** The credentials of a request, in whole and in parts: whatever in these fields is long enough to be one. */
function credentialsOf({ request }: Scenario): string[] {
  const fields = ["authorization", "dpop", "cookie", "x-api-key", "x-csrf-token"];
  const values = fields.map((name) => request.header(name) ?? "");
  const parts = values.flatMap((value) => decodeURIComponent(value).split(/[\s,;="_]+|\.(?=\S)/));
  return parts.filter((part) => part.length > 20 && !/^(oauth|https?:)/.test(part));
}

function expectClean(value: unknown, secrets: readonly string[] = []): void {
  const text = shown(value);
  for (const secret of [...constant, ...secrets]) expect(text).not.toContain(secret);
}

const tokens = () => jwt({ issuer, audience, jwks: { keys: [issuerKey.jwk] }, cookie });
const answer = { active: true, token_type: "Bearer", iss: issuer, aud: audience, sub: "ada" };
const accepted = {
  "a token": async () => ({ guard: guardOf(tokens()), request: bearing(await sign(issuerKey)) }),
  "a token with a proof": async () => {
    const token = await boundToken();
    const headers = { authorization: `DPoP ${token}`, dpop: await makeProof(token) };
    return { guard: dpopGuardOf(), request: requestWith(headers) };
  },
  "a cookie": async () => {
    const token = await sign(issuerKey);
    const headers = { cookie: `__Host-access=${token}`, "x-csrf-token": csrfToken };
    return { guard: guardOf(tokens()), request: requestWith(headers) };
  },
  "an opaque token": () => ({
    guard: guardOf(introspected(answer)),
    request: bearing(planted.opaque),
  }),
  "an API key": () => ({
    guard: guardOf(apiKeys()),
    request: requestWith({ "x-api-key": goodKey.key }),
  }),
  "an API key in the query": () => ({
    guard: guardOf(apiKeys()),
    request: requestWith({}, { url: `https://api.example.com/orders?api_key=${goodKey.key}` }),
  }),
  "a password": () => ({ guard: guardOf(passwords()), request: loggingIn(planted.password) }),
  "a digest": async () => {
    const guard = guardOf(digests());
    return { guard, request: await digestRequest(guard) };
  },
  "an OAuth 1.0a signature": async () => ({
    guard: guardOf(signedRequests()),
    request: await signedRequest(),
  }),
} satisfies Record<string, () => Scenario | Promise<Scenario>>;

describe("nothing that is secret shows up in explanations, verdicts, answers or events", () => {
  for (const [what, make] of Object.entries({ ...scenarios, ...accepted })) {
    test(what, async () => {
      const scenario: Scenario = await make();
      events.length = 0;
      const { guard, request, requirement } = scenario;
      const secrets = credentialsOf(scenario);
      const explanation = await explain(guard, request, requirement);
      expect(explanation.verdict.reason).toBe(what in accepted ? undefined : what);
      expectClean(explanation, secrets);
      expectClean(formatExplanation(explanation), secrets);

      for (const verdict of [
        await guard.rehearse(request, requirement),
        await guard.check(request, requirement),
        await guard.optional().check(request, requirement),
        await guard.check(request, scope("orders:delete")),
      ]) {
        if (verdict.kind !== "accepted") expectClean(toAnswer(verdict), secrets);
        // What a store itself throws is kept for this side, as it is.
        const { cause: _, ...ours } = { cause: undefined, ...verdict };
        expectClean(ours, secrets);
      }
      expect(events.length).toBe(3);
      for (const { cause: _, ...event } of events) expectClean(event, secrets);
      expectClean([guard, guard.policy, guard.admitted], secrets);
      for (const scheme of guard.policy.schemes) expectClean(scheme.describe(), secrets);
    });
  }
});

test("claims of the wrong kind are named, and not quoted", async () => {
  for (const name of ["exp", "nbf", "iat", "aud", "sub"]) {
    for (const value of ["planted", ["planted", 5], { planted: "planted" }]) {
      if ((name === "sub" || name === "aud") && value === "planted") continue;
      const request = bearing(await sign(issuerKey, { [name]: value }));
      const explanation = await explain(guardOf(tokens()), request);
      expect(explanation.verdict.reason).toBe("claim_invalid");
      expectClean(explanation);
    }
  }
});

test("the issuer's trouble with our question quotes nothing of it", async () => {
  const { guard, request } = await scenarios.introspection_unavailable();
  expectClean(await guard.check(request));
});

test("what is made of secrets does not show them", () => {
  const replays = createMemoryReplays();
  const limits = { bySubject: createMemoryThrottle({ points: 1, duration: 60 }) };
  for (const made of [
    cookie,
    dpop({ replays, nonceSecret: planted.nonceSecret }),
    createCsrfTokens(planted.csrfSecret),
    replays,
    guessLimits(limits),
    limits,
    tokens(),
    digests(),
    signedRequests(),
    passwords(),
    apiKeys(),
    introspected(answer),
  ]) {
    expectClean(made);
  }
});

test("a throttle does not show whom it counts", async () => {
  const bySubject = createMemoryThrottle({ points: 1, duration: 60, clock });
  const guard = guardOf(passwords(), { throttle: guessLimits({ bySubject }) });
  await guard.check(loggingIn("x", "planted-user"));
  expectClean([bySubject, guard.policy]);
});

describe("errors at start do not repeat what they refuse:", () => {
  const replays = createMemoryReplays();
  const usual = { issuer, clientId: "orders-api", audience };
  const wrong = { clientSecret: planted.clientSecret, endpoint: "ftp://planted" };
  const mistakes: Readonly<Record<string, () => unknown>> = {
    "a short nonceSecret of DPoP": () => dpop({ replays, nonceSecret: "planted" }),
    "a short nonceSecret of Digest": () => digests({ nonceSecret: "planted" }),
    "a short csrfSecret": () => createCsrfTokens("planted"),
    "a short csrfSecret of a cookie": () => sessionCookie({ csrfSecret: "planted", origins: [] }),
    "an introspection that would go astray": () =>
      introspection({ ...usual, ...wrong, timeout: -1, endpoint: "https://id.example.com/" }),
  };
  for (const [what, make] of Object.entries(mistakes)) {
    test(what, () => {
      let error: unknown;
      try {
        make();
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ name: "ConfigurationError" });
      expect((error as Error).message).not.toContain("planted");
      expect(JSON.stringify(error)).not.toContain("planted");
    });
  }
});

test("a DemandError shows what is sent, and the facts that any refusal has", () => {
  const details = { expected: "scope a", found: "scope b" };
  const error = new DemandError(rejected(scopeMissing, { details }));
  expectClean({ ...error });
  expect(error.message).toBe(rejected(scopeMissing).description);
});

test("this test would find what is planted", async () => {
  for (const leak of [
    { deep: [{ secret: planted.csrfSecret }] },
    new Error(planted.password),
    [btoa(`ada:${planted.password}`)],
    Object.defineProperty({}, "hidden", { value: planted.nonceSecret, enumerable: false }),
    new Map([["key", new TextEncoder().encode(planted.clientSecret)]]),
    ha1,
    goodKey.key,
  ]) {
    expect(() => expectClean(leak)).toThrow();
  }
  const scenario = await accepted["a token with a proof"]();
  const secrets = credentialsOf(scenario);
  for (const name of ["authorization", "dpop"]) {
    for (const part of scenario.request.header(name)?.split(".") ?? []) {
      expect(() => expectClean([part.replace("DPoP ", "")], secrets)).toThrow();
    }
  }
});
