import { createHash, randomBytes } from "node:crypto";
import {
  type AuthRequest,
  apiKey,
  basic,
  createApiKey,
  createCsrfTokens,
  createGuard,
  createMemoryApiKeys,
  createMemoryReplays,
  digest,
  dpop,
  type Guard,
  inHeader,
  inQuery,
  introspection,
  jwt,
  oauth1,
  type Principal,
  type Rejection,
  type Requirement,
  role,
  type Scheme,
  scope,
  sessionCookie,
  xForwarded,
} from "@countersign/core";
import { digestHa1 } from "@countersign/core/wire";
import { type ContractRoute, describePrincipal } from "../adapter-contract/kit.ts";
import { createTestIssuer, type TestIssuer } from "../issuer/create-test-issuer.ts";
import type { Callers } from "./callers.ts";
import type { AttackContext } from "./context.ts";
import { introspected, outages } from "./introspection-answers.ts";
import { toSigningKey } from "./keys.ts";
import { type Outside, startOutside } from "./outside.ts";

const url = "https://api.test";
const realm = "attack";
/** What no answer may hold, whatever was asked. */
export const secrets = {
  client: "introspection-secret-0123456789",
  csrf: "csrf-secret-0123456789-0123456789-0123456789",
  hmac: randomBytes(64),
  consumer: "consumer-secret-0123456789",
  // With a colon, and with a letter that UTF-8 and Latin-1 spell differently.
  password: "circle:of:life\u00a3",
} as const;

/** What attacks on our own adapters are made with, and made on. */
export interface AttackKit extends AttackContext {
  /** The issuer whose tokens are taken; its key set is at {@link outside}. */
  readonly issuer: TestIssuer;
  readonly outside: Outside;
  /** What the servers must put up. */
  readonly routes: readonly ContractRoute[];
  /** Beside the caller's key the one that will replace it, one that has expired, one that is gone. */
  readonly apiKeys: Readonly<Record<"next" | "expired" | "revoked", string>>;
  /** The hashes that passwords were compared with. */
  readonly compared: readonly (string | undefined)[];
  /** The token against forged requests that a page of this session has. */
  csrfToken(session: string): Promise<string>;
  /** How a caller without a credential, or with this one, is refused at a path. */
  refusalAt(path: string, headers?: Readonly<Record<string, string>>): Promise<Rejection>;
  close(): Promise<void>;
}

/** Puts up what a guard may reach, and makes one guard for each group of attacks. */
export async function createAttackKit(): Promise<AttackKit> {
  const issuer = createTestIssuer();
  const { audience, clock } = issuer;
  const outside = await startOutside(introspected(issuer));
  const trusted = { issuer: issuer.url, audience, jwks: `${outside.url}/jwks` };
  const tenantB = { issuer: "https://tenant-b.test", audience, jwks: `${outside.url}/jwks/b` };
  const shared = { issuer: "https://hmac.test", audience, secret: secrets.hmac };
  const replays = createMemoryReplays({ clock });
  const csrf = createCsrfTokens(secrets.csrf);

  const tokens = jwt({ issuers: [trusted, tenantB, shared] });
  const bound = (nonceSecret?: string) =>
    jwt({ ...trusted, dpop: dpop({ replays, ...(nonceSecret && { nonceSecret }) }) });
  const cookie = sessionCookie({ csrfSecret: secrets.csrf, origins: ["https://app.test"] });
  const opaque = () =>
    introspection({
      ...{ issuer: issuer.url, endpoint: `${outside.url}/introspect`, audience },
      ...{ clientId: "api", clientSecret: secrets.client, timeout: 300 },
    });
  const { current, apiKeys, scheme: keyed } = await makeApiKeys(issuer);
  const { compared, scheme: passwords } = makePasswords();

  const guardOf = (...schemes: readonly Scheme[]) => {
    const trustedProxies = xForwarded("127.0.0.1");
    return createGuard({ realm, publicUrl: url, trustedProxies, clock, schemes });
  };
  const plain = guardOf(tokens);
  const several = guardOf(tokens, keyed, passwords);
  const session = guardOf(jwt({ ...trusted, cookie }));
  const routes = [
    route("/tokens", plain),
    route("/scoped", plain, scope("orders:read")),
    route("/admin", plain, role("admin")),
    route("/clients", guardOf(jwt({ ...trusted, clientId: "test-client" }))),
    route("/bound", guardOf(bound())),
    route("/bound/nonce", guardOf(bound("nonce-secret-0123456789-0123456789"))),
    route("/any", several),
    route("/session", session),
    route("/session", session, undefined, "POST"),
    route("/opaque", guardOf(opaque())),
    // Each its own: after one failure, a guard leaves its issuer alone for a while.
    ...outages.map((name) => route(`/opaque/${name}`, guardOf(opaque()))),
    route("/apiKey", guardOf(keyed)),
    route("/basic", guardOf(passwords)),
    route("/digest", guardOf(await makeDigest(replays))),
    route("/oauth1", guardOf(makeOAuth1(replays))),
  ];
  const user = { username: "ada", password: secrets.password };
  const consumer = { consumerKey: "printer", consumerSecret: secrets.consumer };
  const callers: Required<Callers> = {
    ...{ basic: user, digest: user },
    apiKey: { key: current, header: "X-API-Key", query: "api_key" },
    oauth1: { ...consumer, signatureMethod: "HMAC-SHA256" },
  };
  return {
    ...{ issuer, outside, routes, apiKeys, compared },
    caller: (scheme) => callers[scheme],
    hmac: { issuer: shared.issuer, secret: shared.secret },
    key: (name) => toSigningKey(name === "usual" ? "es" : name),
    urlOf: (path) => url + path,
    csrfToken: (session) => csrf.issue(session),
    async refusalAt(path, headers = {}) {
      const { guard } = routes.find((each) => each.path === path) ?? {};
      const verdict = await guard?.check(anonymous(path, headers));
      if (verdict?.kind === "rejected") return verdict;
      throw new Error(`${path} refuses nobody`);
    },
    close: () => outside.close(),
  };
}

function route(
  path: string,
  guard: Guard<Principal>,
  requirement?: Requirement,
  method: ContractRoute["method"] = "GET",
): ContractRoute {
  return {
    ...{ method, path, guard, requirement },
    answer: async ({ principal }) => ({ status: 200, json: describePrincipal(principal()) }),
  };
}

function anonymous(path: string, headers: Readonly<Record<string, string>>): AuthRequest {
  return {
    ...{ method: "GET", url: url + path, secure: true, body: () => undefined },
    ...{ header: (name: string) => headers[name], address: undefined, certificate: undefined },
  };
}

async function makeApiKeys({ clock }: TestIssuer) {
  const [current, next, expired, revoked] = await Promise.all(
    ["one", "two", "three", "four"].map(() => createApiKey("attack")),
  );
  if (!current || !next || !expired || !revoked) throw new Error("createApiKey made no key");
  const expiresAt = Math.floor(clock.now() / 1000);
  const keys = createMemoryApiKeys([
    { ...current, subject: "partner", expiresAt: expiresAt + 3600 },
    { ...next, subject: "partner" },
    { ...expired, subject: "partner", expiresAt },
  ]);
  const scheme = apiKey({ keys, from: [inHeader("X-API-Key"), inQuery("api_key")] });
  const apiKeys = { next: next.key, expired: expired.key, revoked: revoked.key };
  return { current: current.key, apiKeys, scheme };
}

function makePasswords() {
  const compared: (string | undefined)[] = [];
  const hashOf = (password: string) => createHash("sha256").update(password).digest("hex");
  const users = new Map([
    ["ada", secrets.password],
    ["test", "123\u00a3"],
  ]);
  const scheme = basic({
    users: {
      find(name) {
        const password = users.get(name);
        return password === undefined
          ? undefined
          : { subject: name, passwordHash: hashOf(password) };
      },
    },
    passwords: {
      verify(hash, password) {
        compared.push(hash);
        return hash === hashOf(password);
      },
    },
  });
  return { compared, scheme };
}

async function makeDigest(replays: ReturnType<typeof createMemoryReplays>) {
  const user = { username: "ada", realm, password: secrets.password };
  const ha1 = { "SHA-256": await digestHa1("SHA-256", user), MD5: await digestHa1("MD5", user) };
  const find = (name: string) => (name === "ada" ? { subject: "ada", ha1 } : undefined);
  return digest({ users: { find }, replays });
}

function makeOAuth1(replays: ReturnType<typeof createMemoryReplays>) {
  const find = (key: string) =>
    key === "printer" ? { subject: "printer", secret: secrets.consumer } : undefined;
  const signatureMethods = ["HMAC-SHA256", "PLAINTEXT"] as const;
  return oauth1({ consumers: { find }, replays, signatureMethods });
}
