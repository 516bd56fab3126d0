import {
  createGuard,
  createMemoryReplays,
  dpop,
  type Guard,
  jwt,
  type Principal,
  scope,
} from "@countersign/core";
import { getPrincipal, protect } from "@countersign/core/web";
import type { AttackIssuer, Send } from "../attack.ts";
import { type Flaw, piecesOf, tokenOf } from "./flaws.fixture.ts";

/** Nobody listens there: requests are handed over as they are. */
export const publicUrl = "http://127.0.0.1:9";
export const doors = {
  scoped: `${publicUrl}/scoped`,
  bound: `${publicUrl}/bound`,
  "bound/nonce": `${publicUrl}/bound/nonce`,
};

interface Carelessness {
  readonly replays?: boolean;
  readonly nonces?: boolean;
}

/** A server that is as careful as ours, but for what it is told to leave out. */
export function createServer(issuer: AttackIssuer, { replays, nonces }: Carelessness = {}): Send {
  const { url, audience } = issuer;
  const store = replays ? { reserve: () => true } : createMemoryReplays();
  const nonceSecret = "nonce-secret-0123456789-0123456789";
  const trusted = { issuer: url, audience };
  const guardOf = (scheme: ReturnType<typeof jwt>) =>
    createGuard({ publicUrl, schemes: [scheme] }) as Guard<Principal>;
  const plain = guardOf(jwt(trusted));
  const bound = guardOf(jwt({ ...trusted, dpop: dpop({ replays: store }) }));
  const withNonce = dpop({ replays: store, ...(!nonces && { nonceSecret }) });
  const answer = (guard: Guard<Principal>) => (request: Request) =>
    Response.json(getPrincipal(guard, request));
  const nonced = guardOf(jwt({ ...trusted, dpop: withNonce }));
  const handlers: Readonly<Record<string, Send>> = {
    "/tokens": protect(plain, answer(plain)),
    "/scoped": protect(plain, answer(plain), scope("orders:read")),
    "/bound": protect(bound, answer(bound)),
    "/bound/nonce": protect(nonced, answer(nonced)),
  };
  return async (request) =>
    (await handlers[new URL(request.url).pathname]?.(request)) ??
    new Response(null, { status: 404 });
}

export const flawed =
  (flaw: Flaw) =>
  (issuer: AttackIssuer): Send => {
    const careful = createServer(issuer);
    return async (request) => {
      const answer = await careful(request.clone());
      if (answer.ok) return answer;
      const instead = await flaw(request, issuer);
      return instead === undefined ? answer : careful(instead);
    };
  };

export const without =
  (carelessness: Carelessness) =>
  (issuer: AttackIssuer): Send =>
    createServer(issuer, carelessness);

/** Remembers whom a token was for by an identifier that need not be one. */
export const rememberingByJti = (issuer: AttackIssuer): Send => {
  const careful = createServer(issuer);
  const remembered = new Map<unknown, string>();
  return async (request) => {
    const { jti } = piecesOf(tokenOf(request))?.claims ?? {};
    const known = remembered.get(jti);
    if (known !== undefined) return new Response(known);
    const answer = await careful(request);
    if (answer.ok && typeof jti === "string") remembered.set(jti, await answer.clone().text());
    return answer;
  };
};

export const refusing = (
  issuer: AttackIssuer,
  refuse: (request: Request) => Response | undefined,
) => {
  const careful = createServer(issuer);
  return async (request: Request) => {
    const answer = await careful(request);
    return answer.ok ? answer : (refuse(request) ?? answer);
  };
};
