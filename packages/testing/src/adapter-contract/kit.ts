import {
  allOf,
  apiKey,
  basic,
  createGuard,
  createMemoryApiKeys,
  createMemoryReplays,
  demand,
  dpop,
  fresh,
  type Guard,
  identifyApiKey,
  inHeader,
  inQuery,
  jwt,
  type Principal,
  type Requirement,
  role,
  scope,
  xForwarded,
} from "@countersign/core";
import { createTestIssuer, type TestIssuer } from "../issuer/create-test-issuer.ts";
import { signedBody } from "./signed-body.ts";

/** A route that every adapter must offer while it runs the contract. */
export interface ContractRoute {
  readonly method: "GET" | "POST" | "OPTIONS";
  readonly path: string;
  readonly guard: Guard<Principal | undefined>;
  readonly requirement: Requirement | undefined;
  /** What its handler answers, as JSON; what it is given is called after the guard let the request in. */
  answer(call: ContractCall): Promise<{ readonly status: number; readonly json: object }>;
}

/** A call, as a handler sees it. */
export interface ContractCall {
  principal(): Principal | undefined;
  /** The body as the framework's own parser gives it. */
  json(): unknown;
}

/** What the contract's requests are made with. */
export interface ContractKit {
  readonly issuer: TestIssuer;
  readonly apiKey: string;
  /** What the adapter under test must put up. */
  readonly routes: readonly ContractRoute[];
  close(): Promise<void>;
}

const publicUrl = "https://api.test";
/** The requests of the contract come over plain sockets, as through a proxy on this machine. */
const trustedProxies = xForwarded("127.0.0.1");

/** Starts a real issuer, and makes the guard that all adapters are tried with. */
export async function createContractKit(): Promise<ContractKit> {
  const issuer = createTestIssuer({ algorithm: "RS256" });
  await issuer.listen();
  const key = "contract-key-0123456789abcdefghijklmnop";
  const { hash } = await identifyApiKey(key);
  const keys = createMemoryApiKeys([{ id: "k1", hash, subject: "partner", roles: ["reader"] }]);
  const guard = createGuard({
    realm: "contract",
    publicUrl,
    trustedProxies,
    clock: issuer.clock,
    schemes: [
      jwt({ issuer: issuer.url, audience: issuer.audience }),
      apiKey({ keys, from: [inHeader("X-API-Key"), inQuery("api_key")] }),
      basic({
        users: {
          find: (name) => {
            if (name === "broken") throw new Error("the database is down");
            return name === "ada" ? { subject: "ada", passwordHash: "lovelace" } : undefined;
          },
        },
        passwords: { verify: (hash, password) => hash === password },
      }),
    ],
  });

  const tokensOnly = guard.only("jwt");
  const boundBy = (nonceSecret?: string) => {
    const replays = createMemoryReplays({ clock: issuer.clock });
    const check = dpop({ replays, ...(nonceSecret !== undefined && { nonceSecret }) });
    const tokens = jwt({ issuer: issuer.url, audience: issuer.audience, dpop: check });
    const { clock } = issuer;
    return createGuard({ realm: "contract", publicUrl, trustedProxies, clock, schemes: [tokens] });
  };
  const bodies = createGuard({ publicUrl, trustedProxies, schemes: [signedBody(1000)] });
  const elsewhere = createGuard({
    publicUrl,
    trustedProxies: xForwarded("192.0.2.1"),
    schemes: [signedBody(1000)],
  });
  const route = (
    path: string,
    view: Guard<Principal | undefined>,
    requirement?: Requirement,
    method: ContractRoute["method"] = "GET",
    answer = answers[method],
  ): ContractRoute => ({ method, path, guard: view, requirement, answer });
  return {
    issuer,
    apiKey: key,
    routes: [
      route("/any", guard),
      route("/private", tokensOnly),
      route("/optional", guard.optional()),
      route("/orders/:id", guard, scope("orders:read")),
      route("/admin", guard, role("admin")),
      route("/fresh", guard, allOf(fresh({ maxAge: 300 }), role("admin"))),
      route("/bound", boundBy()),
      route("/bound/nonce", boundBy("contract-nonce-secret-0123456789ab")),
      route("/any", guard, undefined, "OPTIONS"),
      route("/private", tokensOnly, undefined, "OPTIONS", answers.GET),
      route("/demand", guard, undefined, "GET", demandAdmin),
      route("/body", bodies, undefined, "POST"),
      route("/elsewhere", elsewhere.optional()),
    ],
    close: () => issuer.close(),
  };
}

const answers: Readonly<Record<ContractRoute["method"], ContractRoute["answer"]>> = {
  GET: async ({ principal }) => ({ status: 200, json: describePrincipal(principal()) }),
  POST: async ({ principal, json }) => ({
    status: 201,
    json: { ...describePrincipal(principal()), received: await json() },
  }),
  OPTIONS: async () => ({ status: 204, json: {} }),
};

/** Asks for more than the route does. */
async function demandAdmin(call: ContractCall) {
  const principal = call.principal();
  if (principal !== undefined) demand(principal, role("admin"));
  return answers.GET(call);
}

/** What handlers answer: whom the guard let in. */
export function describePrincipal(principal: Principal | undefined): object {
  if (principal === undefined) return { scheme: null };
  const { scheme, subject, scopes, roles } = principal;
  return { scheme, subject, scopes, roles };
}
