import { createMemoryReplays, createMemoryRevocations, dpop } from "@countersign/core";
import { createMemoryRefreshTokens } from "@countersign/core/state";
import { requireThat } from "@countersign/core/wire";
import type { ExchangePolicy, IssuerOptions, KeyRing } from "@countersign/issuer";
import type { TestClock } from "../issuer/clock.ts";
import type { TestIssuerOptions } from "../issuer/options.ts";
import { codeLifetime } from "./code-grant.ts";
import { deviceLifetime } from "./device.ts";
import { consentAs, type TestUser } from "./login.ts";
import type { Provider, TestClient } from "./provider.ts";
import { pushedLifetime } from "./push.ts";
import { createTickets } from "./tickets.ts";

/** Whoever asks for tokens when a test does not say who. */
export const usualClients: readonly TestClient[] = [
  { id: "test-client", secret: "test-client-secret", scopes: ["read", "write"] },
  { id: "test-app" },
];

/** Whoever logs in when a test does not say who. */
export const usualUsers: readonly TestUser[] = [
  { subject: "test-user", claims: { name: "Test User" } },
];

/** All of a test issuer that stays as it is when it gets another address. */
export interface ProviderState extends Omit<Provider, "url" | "issuer"> {
  readonly issuerOptions: Omit<IssuerOptions, "url">;
  readonly exchange: ExchangePolicy | undefined;
}

/** The options, with every default in its place, and what is remembered. */
export function createState(
  options: TestIssuerOptions,
  shared: { readonly keys: KeyRing; readonly clock: TestClock; readonly audience: string },
): ProviderState {
  const { keys, clock, audience } = shared;
  const { clients = usualClients, users = usualUsers } = options;
  for (const { subject } of users) {
    // RFC 9700 §4.15: a client acts under its id as subject.
    const isFree = clients.every(({ id }) => id !== subject);
    requireThat(isFree, `users: "${subject}" is the id of a client. Call one of them differently.`);
  }
  const revocations = createMemoryRevocations({ clock });
  const proofs = dpop({
    replays: createMemoryReplays({ clock }),
    ...(options.dpopNonces && { nonceSecret: crypto.getRandomValues(new Uint8Array(32)) }),
  });
  return {
    ...shared,
    clients: new Map(clients.map((client) => [client.id, client])),
    login: options.login ?? consentAs(users),
    device: options.device ?? {},
    dpop: proofs,
    revocations,
    trusts: new Map(options.trusts?.map(({ issuer, jwks }) => [issuer, jwks])),
    codes: createTickets(clock, codeLifetime),
    pushed: createTickets(clock, pushedLifetime),
    devices: createTickets(clock, deviceLifetime),
    profiles: new Map(users.map((user) => [user.subject, user])),
    exchange: options.exchange,
    issuerOptions: {
      audience,
      clients,
      keys,
      clock,
      dpop: proofs,
      revocations,
      store: createMemoryRefreshTokens({ clock }),
      replays: createMemoryReplays({ clock }),
      ...(options.accessTokenLifetime !== undefined && {
        accessTokenLifetime: options.accessTokenLifetime,
      }),
    },
  };
}
