import { bearer, get } from "../adapter-contract/case.ts";
import { type GroupedCase, groupOf, invalidRequest, invalidToken } from "./case.ts";
import type { AttackContext } from "./context.ts";
import { forge, secondsOf } from "./forge.ts";
import type { AttackKit } from "./kit.ts";

const nothing = { status: 401, reason: "credential_missing" };
const conflict = invalidRequest("credential_conflict");
const unreadable = invalidRequest("credential_malformed");
const expired = (kit: AttackContext) => forge(kit, { claims: { exp: secondsOf(kit) - 60 } });
const cookie = (token: string) => ["cookie", `theme=dark; __Host-access=${token}`] as const;

const headerCases: readonly GroupedCase[] = [
  { id: "no-credential", source: "RFC 6750 §3.1", expect: nothing, request: () => get("/tokens") },
  {
    id: "token-under-basic",
    source: "CVE-2026-47673",
    expect: { status: 401, reason: "scheme_not_admitted" },
    request: (kit) => get("/tokens", [["authorization", `Basic ${forge(kit)}`]]),
  },
  {
    id: "token-without-scheme",
    expect: { status: 401, reason: "scheme_not_admitted" },
    request: (kit) => get("/tokens", [["authorization", forge(kit).replaceAll(".", "-")]]),
  },
  {
    id: "good-scheme-in-lower-case",
    source: "RFC 9110 §11.1",
    expect: "accept",
    request: (kit) => get("/tokens", [["authorization", `bearer ${forge(kit)}`]]),
  },
  {
    id: "two-authorization-lines",
    isLenient: true,
    expect: unreadable,
    request: (kit) => get("/tokens", [...bearer(forge(kit)), ...bearer(forge(kit))]),
  },
  {
    id: "token-in-query-not-configured",
    isLenient: true,
    source: "RFC 6750 §2.3",
    expect: nothing,
    request: (kit) => get(`/tokens?access_token=${forge(kit)}`),
  },
];

/** At a server that takes other credentials too. */
const severalCases: readonly GroupedCase<AttackKit>[] = [
  {
    id: "token-under-basic-beside-passwords",
    source: "CVE-2026-47673",
    expect: { status: 401, reason: "password_invalid" },
    request: (kit) => get("/any", [["authorization", `Basic ${forge(kit)}`]]),
  },
  {
    id: "two-authorization-lines-the-second-of-another-scheme",
    expect: unreadable,
    request: (kit) =>
      get("/any", [...bearer(forge(kit)), ["authorization", `Basic ${btoa("ada:x")}`]]),
  },
  {
    id: "credentials-in-header-and-query",
    expect: conflict,
    request: (kit) => get(`/any?api_key=${kit.caller("apiKey").key}`, bearer(forge(kit))),
  },
  {
    id: "credentials-in-two-headers",
    expect: conflict,
    request: (kit) => get("/any", [...bearer(forge(kit)), ["x-api-key", kit.caller("apiKey").key]]),
  },
];

const session = (kit: AttackKit) => forge(kit, { claims: { sid: "session-a" } });
const post = (
  kit: AttackKit,
  csrf: string | undefined,
  origin: string | undefined = "https://app.test",
) => ({
  ...get("/session", [
    ["content-type", "application/json"],
    cookie(session(kit)),
    ...(origin === "" ? [] : [["origin", origin] as const]),
    ...(csrf === undefined ? [] : [["x-csrf-token", csrf] as const]),
  ]),
  method: "POST",
  body: "{}",
});
const suspected = { status: 403, reason: "csrf_suspected" };

const cookieCases: readonly GroupedCase<AttackKit>[] = [
  {
    id: "good-cookie",
    expect: "accept",
    request: (kit) => get("/session", [cookie(session(kit))]),
  },
  {
    id: "good-header-beside-bad-cookie",
    expect: "accept",
    request: (kit) => get("/session", [...bearer(forge(kit)), cookie(expired(kit))]),
  },
  {
    id: "bad-header-beside-good-cookie",
    expect: invalidToken("token_expired"),
    request: (kit) => get("/session", [...bearer(expired(kit)), cookie(session(kit))]),
  },
  {
    id: "cookie-twice",
    expect: conflict,
    request: (kit) => get("/session", [cookie(session(kit)), cookie(session(kit))]),
  },
  {
    id: "csrf-token-absent",
    expect: suspected,
    request: (kit) => post(kit, undefined),
  },
  {
    id: "csrf-token-of-another-session",
    expect: suspected,
    request: async (kit) => post(kit, await kit.csrfToken("session-b")),
  },
  {
    id: "csrf-token-made-up",
    expect: suspected,
    request: (kit) => post(kit, `${"A".repeat(22)}.${"A".repeat(43)}`),
  },
  {
    id: "csrf-origin-foreign",
    expect: suspected,
    request: async (kit) => post(kit, await kit.csrfToken("session-a"), "https://evil.test"),
  },
  {
    id: "csrf-origin-longer",
    expect: suspected,
    request: async (kit) =>
      post(kit, await kit.csrfToken("session-a"), "https://app.test.evil.test"),
  },
  {
    id: "csrf-origin-null",
    expect: suspected,
    request: async (kit) => post(kit, await kit.csrfToken("session-a"), "null"),
  },
  {
    id: "csrf-origin-absent",
    expect: suspected,
    request: async (kit) => post(kit, await kit.csrfToken("session-a"), ""),
  },
  {
    id: "good-cookie-on-post",
    expect: "accept",
    request: async (kit) => post(kit, await kit.csrfToken("session-a")),
  },
];

const source = "RFC 6750 §2, §3; RFC 9110 §11.6";
export const transportCases = groupOf("transport", source, headerCases);
export const severalSchemesCases = groupOf("transport", source, [...severalCases, ...cookieCases]);
