import { setTimeout as sleep } from "node:timers/promises";
import {
  type ApiKeyRecord,
  type ApiKeyStore,
  apiKey,
  basic,
  cachedApiKeys,
  createGuard,
  createMemoryApiKeys,
  createMemoryReplays,
  dpop,
  type Guard,
  jwt,
  type Principal,
} from "@countersign/core";
import type { Settings } from "./settings.ts";

/** Makes a guard for one application. */
export type MakeGuard = (settings: Settings) => Guard<Principal>;

/** Our guards, by what callers show. */
export const guards = {
  jwt: ({ issuer, audience, jwksUri }) =>
    createGuard({ schemes: [jwt({ issuer, audience, jwks: jwksUri, algorithms: ["RS256"] })] }),

  dpop: ({ publicUrl, issuer, audience, jwksUri }) => {
    const proofs = dpop({ replays: createMemoryReplays() });
    const token = { issuer, audience, jwks: jwksUri, algorithms: ["RS256"], dpop: proofs } as const;
    return createGuard({ publicUrl, schemes: [jwt(token)] });
  },

  "API key": ({ apiKey: record }) =>
    createGuard({ schemes: [apiKey({ keys: createMemoryApiKeys([record]) })] }),

  "API key, store of 1 ms": ({ apiKey: record }) =>
    createGuard({ schemes: [apiKey({ keys: cachedApiKeys(slowStore(record), { maxAge: 5 }) })] }),

  Basic: ({ password }) => {
    const user = { subject: "ada", passwordHash: password };
    const users = { find: (name: string) => (name === "ada" ? user : undefined) };
    const passwords = { verify: (hash?: string, given?: string) => hash === given };
    return createGuard({ realm: "bench", schemes: [basic({ users, passwords })] });
  },
} as const satisfies Record<string, MakeGuard>;

/** A store that is as far away as a database. */
function slowStore(record: ApiKeyRecord): ApiKeyStore {
  const keys = createMemoryApiKeys([record]);
  return {
    async find(query) {
      await sleep(1);
      return keys.find(query);
    },
  };
}
