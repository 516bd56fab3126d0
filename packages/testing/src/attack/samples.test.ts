import {
  createGuard,
  createMemoryReplays,
  dpop,
  type Guard,
  jwt,
  type Principal,
  role,
  type Scheme,
  scope,
  xForwarded,
} from "@countersign/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describePrincipal } from "../adapter-contract/kit.ts";
import { servers } from "../adapter-contract/servers.ts";
import {
  type AttackIssuer,
  attack,
  attackCases,
  createAttackIssuer,
  type SendRaw,
  sendOverHttp,
} from "../attack.ts";
import type { Listening } from "../issuer/listen.ts";
import { createCallers, realm } from "./callers.fixture.ts";
import type { Callers } from "./callers.ts";

const publicUrl = "https://api.test";
const throughProxy = [
  ["x-forwarded-for", "203.0.113.7"],
  ["x-forwarded-proto", "https"],
] as const;

describe.each(Object.entries(servers))("an attack on %s", (_name, start) => {
  let issuer: AttackIssuer;
  let server: Listening;
  let callers: Callers;
  beforeAll(async () => {
    issuer = await createAttackIssuer();
    const { url, audience } = issuer;
    const replays = createMemoryReplays();
    const guardOf = (scheme: Scheme): Guard<Principal> => {
      const trustedProxies = xForwarded("127.0.0.1");
      return createGuard({ realm, publicUrl, trustedProxies, schemes: [scheme] });
    };
    const trusted = { issuer: url, audience };
    const plain = guardOf(jwt(trusted));
    const nonceSecret = "nonce-secret-0123456789-0123456789";
    const known = await createCallers({ replays });
    callers = Object.fromEntries(
      Object.entries(known.callers).map(([name, caller]) => [
        name,
        { ...caller, url: `${publicUrl}/${name}` },
      ]),
    );
    const routes = [
      ["/tokens", plain],
      ["/scoped", plain, scope("orders:read")],
      ["/admin", plain, role("admin")],
      ["/clients", guardOf(jwt({ ...trusted, clientId: "test-client" }))],
      ["/bound", guardOf(jwt({ ...trusted, dpop: dpop({ replays }) }))],
      ["/bound/nonce", guardOf(jwt({ ...trusted, dpop: dpop({ replays, nonceSecret }) }))],
      ...Object.entries(known.schemes).map(
        ([name, scheme]) => [`/${name}`, guardOf(scheme)] as const,
      ),
    ] as const;
    server = await start(
      routes.map(([path, guard, requirement]) => ({
        ...{ method: "GET", path, guard, requirement },
        answer: async ({ principal }) => ({ status: 200, json: describePrincipal(principal()) }),
      })),
    );
  });
  afterAll(async () => {
    await server?.close();
    await issuer?.close();
  });

  it("finds nothing", async () => {
    // As through a proxy in front of it, which takes requests over TLS.
    const inside = (url: string) => url.replace(publicUrl, server.url);
    const send = ({ url, method, headers, signal }: Request) => {
      for (const [name, value] of throughProxy) headers.set(name, value);
      return fetch(inside(url), { method, headers, signal });
    };
    const sendRaw: SendRaw = (call, signal) =>
      sendOverHttp(
        { ...call, url: inside(call.url), headers: [...call.headers, ...throughProxy] },
        signal,
      );
    const at = (path: string) => `${publicUrl}/${path}`;
    const names = ["scoped", "admin", "clients", "bound", "bound/nonce"];
    const doors = Object.fromEntries(names.map((name) => [name, at(name)]));
    const target = { url: at("tokens"), doors, issuer, callers };
    const { results, summary } = await attack(send, target, { sendRaw });
    expect(results.filter(({ outcome }) => outcome === "finding")).toEqual([]);
    const notRun = results.filter(({ outcome }) => outcome === "not-run").map(({ id }) => id);
    expect(notRun).toEqual([
      ...["good-hs256", "good-hs256-secret-for-public-keys", "es256-where-hmac-is-configured"],
      ...["good-token-of-tenant-b", "oauth1-plaintext-over-http"],
    ]);
    expect(summary.passed).toBe(attackCases.length - notRun.length);
    expect(summary.passed).toBeGreaterThan(330);
  });
});
