import {
  allOf,
  apiKey,
  asApiKey,
  asBearer,
  basic,
  createGuard,
  createMemoryApiKeys,
  fresh,
  guessLimits,
  type IssuerOptions,
  identifyApiKey,
  inHeader,
  inQuery,
  jwt,
  type OAuth1ConsumerStore,
  oauth1,
  role,
  scope,
  xForwarded,
} from "@countersign/core";
import { ConfigurationError } from "@countersign/core/wire";
import type { Identity } from "./identity.ts";
import type { Settings } from "./settings.ts";
import type { State } from "./state.ts";
import type { Users } from "./users.ts";

/** What the routes ask for beyond a credential. */
export const mayRead = scope("orders:read");
export const mayWrite = scope("orders:write");
export const mayDelete = allOf(role("admin"), fresh({ maxAge: 300 }));

/** The one policy of the API, whichever framework serves it. */
export type OrdersGuard = Awaited<ReturnType<typeof createOrdersGuard>>;

/** @param identity the embedded issuer, where there is no other */
export async function createOrdersGuard(
  settings: Settings,
  accounts: Users,
  state: State,
  identity: Identity | undefined,
) {
  const { publicUrl, shared, trustedProxies } = settings;
  const audience = [settings.audience, publicUrl];
  const issuers: IssuerOptions[] = [
    identity
      ? { issuer: identity.issuer.url, audience, jwks: () => identity.issuer.jwks() }
      : { issuer: settings.issuerUrl ?? publicUrl, audience },
    ...(shared ? [{ ...shared, audience }] : []),
  ];
  return createGuard({
    realm: "orders",
    publicUrl,
    ...(trustedProxies.length > 0 && { trustedProxies: xForwarded(...trustedProxies) }),
    resourceMetadata: true,
    schemes: [
      jwt({ issuers, revocations: state.revocations }),
      apiKey({
        keys: await createKeys(settings.apiKey),
        from: [inHeader("X-API-Key"), asApiKey(), asBearer(), inQuery("api_key")],
      }),
      basic(accounts),
      oauth1({ consumers: createConsumers(settings), replays: state.replays }),
    ],
    throttle: guessLimits({
      bySubject: state.throttle({ name: "guesses", points: 200, duration: 60 }),
    }),
  });
}

/** One consumer, which acts for itself. */
function createConsumers({ consumer: { key, secret } }: Settings): OAuth1ConsumerStore {
  const consumer = { subject: "demo-consumer", secret, scopes: ["orders:read"] };
  return { find: (wanted) => (wanted === key ? consumer : undefined) };
}

async function createKeys(key: string) {
  if (key.length < 32 || !/^[A-Za-z0-9\-._~+/]+=*$/.test(key)) {
    throw new ConfigurationError(
      "DEMO_API_KEY must have 32 characters or more, out of letters, digits and -._~+/ (token68).",
    );
  }
  const { id = "demo", hash } = await identifyApiKey(key);
  return createMemoryApiKeys([{ id, hash, subject: "demo-partner", scopes: ["orders:read"] }]);
}
