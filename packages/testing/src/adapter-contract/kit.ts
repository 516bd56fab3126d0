import {
  allOf,
  apiKey,
  basic,
  createGuard,
  createMemoryApiKeys,
  fresh,
  type Guard,
  identifyApiKey,
  jwt,
  type Principal,
  type Requirement,
  role,
  scope,
} from "@countersign/core";
import { createTestIssuer, type TestIssuer } from "../issuer/create-test-issuer.ts";

/** A route that every adapter must offer while it runs the contract. */
export interface ContractRoute {
  readonly path: string;
  readonly guard: Guard<Principal | undefined>;
  readonly requirement: Requirement | undefined;
}

/** What the contract's requests are made with. */
export interface ContractKit {
  readonly issuer: TestIssuer;
  readonly apiKey: string;
  /** What the adapter under test must put up; its handlers answer with {@link describePrincipal}. */
  readonly routes: readonly ContractRoute[];
  close(): Promise<void>;
}

/** Starts a real issuer, and makes the guard that all adapters are tried with. */
export async function createContractKit(): Promise<ContractKit> {
  const issuer = createTestIssuer({ algorithm: "RS256" });
  await issuer.listen();
  const key = "contract-key-0123456789abcdefghijklmnop";
  const { hash } = await identifyApiKey(key);
  const keys = createMemoryApiKeys([{ id: "k1", hash, subject: "partner", roles: ["reader"] }]);
  const guard = createGuard({
    realm: "contract",
    publicUrl: "https://api.test",
    clock: issuer.clock,
    schemes: [
      jwt({ issuer: issuer.url, audience: issuer.audience }),
      apiKey({ keys, from: [{ header: "X-API-Key" }, { query: "api_key" }] }),
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
  const route = (path: string, view: Guard<Principal | undefined>, requirement?: Requirement) => ({
    path,
    guard: view,
    requirement,
  });
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
    ],
    close: () => issuer.close(),
  };
}

/** What a contract route answers: who called. */
export function describePrincipal(principal: Principal | undefined): object {
  if (principal === undefined) return { scheme: null };
  const { scheme, subject, scopes, roles } = principal;
  return { scheme, subject, scopes, roles };
}
