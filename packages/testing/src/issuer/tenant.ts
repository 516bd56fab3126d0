import { type DpopKeyPair, toSeconds } from "@countersign/core/wire";
import { createKeyRing, type Issuer } from "@countersign/issuer";
import { createProvider } from "../provider/create-provider.ts";
import { createState } from "../provider/state.ts";
import {
  authorizeWithProof,
  type BearerHeaders,
  type DpopHeaders,
  generateProofKey,
  type ProofTarget,
} from "./authorized-headers.ts";
import { createTestClock, type TestClock } from "./clock.ts";
import { createFaults, type Fault } from "./faults.ts";
import { type MintOptions, mintToken } from "./mint.ts";
import type { TestIssuerOptions } from "./options.ts";
import { type ReceivedRequest, receive, toRequest } from "./received.ts";

/** A test issuer, wherever it is: on its own or below another. */
export interface TestTenant extends Pick<Issuer, "issue" | "refresh" | "revoke" | "jwks"> {
  /** The `iss` of its tokens; once it listens, where it listens. */
  readonly url: string;
  readonly audience: string;
  readonly clock: TestClock;
  /** The latest 1000 requests that it was sent, those that went wrong by a script among them. */
  readonly requests: readonly ReceivedRequest[];
  /** A signed token in one line. */
  mint(options?: MintOptions): Promise<string>;
  /**
   * The headers of a request with a minted token, for supertest's `set`, Hono's `app.request` and
   * Fastify's `inject`.
   *
   * @example
   * await app.request("/orders", { headers: await issuer.authorize({ scope: "orders:read" }) });
   */
  authorize(options?: MintOptions): Promise<BearerHeaders>;
  /**
   * The same with a token that is bound to a key, and the proof for one request (RFC 9449).
   *
   * @example
   * const url = "https://api.test/orders";
   * await app.request(url, { headers: await issuer.authorizeWithProof({ method: "GET", url }) });
   */
  authorizeWithProof(target: ProofTarget, options?: MintOptions): Promise<DpopHeaders>;
  /** A `fetch` that reaches this issuer without sockets, for guards and clients. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Signs with a new key from now on; the old one stays published until its tokens have expired. */
  rotateKeys(): Promise<void>;
  /**
   * Has something go wrong, without sockets and with them.
   *
   * @returns what ends it
   * @throws ConfigurationError when nothing would go wrong
   * @example
   * const repair = issuer.fail({ path: "/jwks", status: 503 });
   */
  fail(fault: Fault): () => void;
}

/** A tenant, and what whoever serves it may do. */
export interface Housed {
  readonly tenant: TestTenant;
  moveTo(url: string): void;
  /** Whether a path is this issuer's; RFC 8414 §3.1 puts one before the issuer's own. */
  serves(pathname: string): boolean;
  /** Cuts whatever is being answered late. */
  close(): void;
}

/** Makes an issuer that lives wherever it is told. */
export function createTenant(options: TestIssuerOptions): Housed {
  const {
    audience = "https://api.test",
    algorithm = "ES256",
    clock = createTestClock(),
    accessTokenLifetime = 300,
  } = options;
  // Signs with a new key at once: tests do not wait for others to have fetched it.
  const retention = Math.max(3600, accessTokenLifetime + 60);
  const keys = createKeyRing({ algorithm, clock, notice: 0, retention });
  const state = createState(options, { keys, clock, audience });
  const faults = createFaults();
  const requests: ReceivedRequest[] = [];
  let issuer = createProvider(options.url ?? "https://issuer.test", state);
  let proofKey: Promise<DpopKeyPair> | undefined;
  const home = () => new URL(issuer.url).pathname.replace(/\/$/, "");

  async function mint(mintOptions: MintOptions = {}): Promise<string> {
    const key = await keys.current();
    const now = toSeconds(clock.now());
    return mintToken({ url: issuer.url, audience, key, now }, mintOptions);
  }

  async function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const sent = toRequest(input, init);
    sent.signal.throwIfAborted();
    const { pathname } = new URL(sent.url);
    const path = pathname.startsWith(home()) ? pathname.slice(home().length) : pathname;
    const request = await receive(requests, path, sent);
    return (await faults.strike(path, request.signal)) ?? issuer.fetch(request);
  }

  const tenant: TestTenant = {
    get url() {
      return issuer.url;
    },
    audience,
    clock,
    requests,
    mint,
    authorize: async (mintOptions) => ({ authorization: `Bearer ${await mint(mintOptions)}` }),
    async authorizeWithProof(target, mintOptions = {}) {
      proofKey ??= generateProofKey();
      const key = target.key ?? (await proofKey);
      return authorizeWithProof(mint, mintOptions, { ...target, key, now: clock.now() });
    },
    fetch,
    rotateKeys: () => keys.rotate(),
    fail: (fault) => faults.add(fault),
    issue: (login) => issuer.issue(login),
    refresh: (token, request) => issuer.refresh(token, request),
    revoke: (token) => issuer.revoke(token),
    jwks: () => issuer.jwks(),
  };
  return {
    tenant,
    moveTo(url) {
      issuer = createProvider(url, state);
    },
    serves: (pathname) =>
      `${pathname}/`.replace(/^\/\.well-known\/[\w-]+/, "").startsWith(`${home()}/`),
    close: () => faults.close(),
  };
}
