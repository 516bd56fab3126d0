import { ConfigurationError, toSeconds } from "@countersign/core/wire";
import {
  createIssuer,
  createKeyRing,
  type Issuer,
  type RegisteredClient,
} from "@countersign/issuer";
import { createTestClock, type TestClock } from "./clock.ts";
import { type Listening, listen } from "./listen.ts";
import { type MintOptions, mintToken } from "./mint.ts";

/** How a test issuer is made; nothing needs to be said. */
export interface TestIssuerOptions {
  /** Its `iss` until it listens. Default `https://issuer.test`. */
  readonly url?: string;
  /** The `aud` of its tokens. Default `https://api.test`. */
  readonly audience?: string;
  /** Who may ask for tokens at `/token`. */
  readonly clients?: readonly RegisteredClient[];
  /** What signs. Default `ES256`, the fastest to make. */
  readonly algorithm?: "ES256" | "RS256" | "EdDSA";
  /** A clock to share. Default: one of its own, that starts now. */
  readonly clock?: TestClock;
}

/**
 * An issuer for tests: the real one of `@countersign/issuer`, on memory and a clock one can turn,
 * which also mints tokens that say anything.
 */
export interface TestIssuer extends Pick<Issuer, "issue" | "refresh" | "revoke" | "jwks"> {
  /** The `iss` of its tokens; once it listens, where it listens. */
  readonly url: string;
  readonly audience: string;
  readonly clock: TestClock;
  /** A signed token in one line. */
  mint(options?: MintOptions): Promise<string>;
  /** A `fetch` that reaches this issuer without sockets, for guards and clients. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /**
   * Serves it on 127.0.0.1, and names itself after the address. Call it before guards and clients
   * are made.
   *
   * @param port default: a free one
   */
  listen(port?: number): Promise<string>;
  /** Stops serving, as an issuer that is down. */
  close(): Promise<void>;
  /** Signs with a new key from now on; the old one stays published until its tokens have expired. */
  rotateKeys(): Promise<void>;
}

/**
 * Makes an issuer for tests. No sockets are opened until {@link TestIssuer.listen}.
 *
 * @example
 * const issuer = createTestIssuer();
 * const { url, audience, fetch, clock } = issuer;
 * const guard = createGuard({ clock, schemes: [jwt({ issuer: url, audience, fetch })] });
 * const token = await issuer.mint({ subject: "ada", scope: "orders:read" });
 */
export function createTestIssuer(options: TestIssuerOptions = {}): TestIssuer {
  const {
    audience = "https://api.test",
    clients = [],
    algorithm = "ES256",
    clock = createTestClock(),
  } = options;
  // Signs with a new key at once: tests do not wait for others to have fetched it.
  const keys = createKeyRing({ algorithm, clock, notice: 0 });
  const issuerAt = (url: string) => createIssuer({ url, audience, clients, keys, clock });
  let issuer = issuerAt(options.url ?? "https://issuer.test");
  let listening: Listening | undefined;

  return {
    get url() {
      return issuer.url;
    },
    audience,
    clock,
    async mint(mintOptions = {}) {
      const key = await keys.current();
      const now = toSeconds(clock.now());
      return mintToken({ url: issuer.url, audience, key, now }, mintOptions);
    },
    fetch: (input, init) => issuer.fetch(new Request(input, init)),
    async listen(port) {
      if (listening !== undefined) {
        throw new ConfigurationError(`This test issuer listens already, at ${listening.url}.`);
      }
      listening = await listen((request) => issuer.fetch(request), port);
      issuer = issuerAt(listening.url);
      return issuer.url;
    },
    async close() {
      await listening?.close();
      listening = undefined;
    },
    rotateKeys: () => keys.rotate(),
    issue: (login) => issuer.issue(login),
    refresh: (token, request) => issuer.refresh(token, request),
    revoke: (token) => issuer.revoke(token),
    jwks: () => issuer.jwks(),
  };
}
