import { ConfigurationError } from "@countersign/core/wire";
import { type Listening, listen } from "./listen.ts";
import type { TestIssuerOptions } from "./options.ts";
import { toRequest } from "./received.ts";
import { createTenant, type Housed, type TestTenant } from "./tenant.ts";

/**
 * An issuer for tests: the real one of `@countersign/issuer`, on memory and a clock one can turn, with
 * logins at once, which also mints tokens that say anything.
 */
export interface TestIssuer extends TestTenant, AsyncDisposable {
  /**
   * One more issuer, below this one: `https://issuer.test/name`, on the same clock, address and
   * `fetch`, with keys, clients, users and faults of its own.
   *
   * @throws ConfigurationError when there is one of that name, or it is no name
   */
  tenant(name: string, options?: Omit<TestIssuerOptions, "url" | "clock">): TestTenant;
  /**
   * Serves it on 127.0.0.1, and names itself after the address. Call it before guards and clients
   * are made.
   *
   * @param port default: a free one
   */
  listen(port?: number): Promise<string>;
  /** Stops serving, as an issuer that is down. With `await using` it is done by itself. */
  close(): Promise<void>;
}

/**
 * Makes an issuer for tests. No sockets are opened until {@link TestIssuer.listen}.
 *
 * @example
 * await using issuer = createTestIssuer();
 * const { url, audience, fetch, clock } = issuer;
 * const guard = createGuard({ clock, schemes: [jwt({ issuer: url, audience, fetch })] });
 * const token = await issuer.mint({ subject: "ada", scope: "orders:read" });
 */
export function createTestIssuer(options: TestIssuerOptions = {}): TestIssuer {
  const main = createTenant(options);
  const { fetch: fetchMain, audience, clock } = main.tenant;
  const tenants = new Map<string, Housed>();
  const below = (name: string) => `${main.tenant.url.replace(/\/$/, "")}/${name}`;
  let listening: Listening | undefined;

  const fetch: TestIssuer["fetch"] = async (input, init) => {
    const request = toRequest(input, init);
    const { pathname } = new URL(request.url);
    const housed = [...tenants.values()].find((each) => each.serves(pathname));
    return housed === undefined ? fetchMain(request) : housed.tenant.fetch(request);
  };

  async function close(): Promise<void> {
    for (const housed of [main, ...tenants.values()]) housed.close();
    await listening?.close();
    listening = undefined;
  }

  return Object.assign(main.tenant, {
    fetch,
    tenant(name: string, own: Omit<TestIssuerOptions, "url" | "clock"> = {}) {
      if (!/^[\w-]+$/.test(name)) {
        throw new ConfigurationError(`tenant: "${name}" must be letters, digits, "_" and "-".`);
      }
      if (tenants.has(name)) throw new ConfigurationError(`tenant: there is a "${name}" already.`);
      const housed = createTenant({ audience, ...own, clock, url: below(name) });
      tenants.set(name, housed);
      return housed.tenant;
    },
    async listen(port?: number) {
      if (listening !== undefined) {
        throw new ConfigurationError(`This test issuer listens already, at ${listening.url}.`);
      }
      listening = await listen(fetch, port);
      main.moveTo(listening.url);
      for (const [name, housed] of tenants) housed.moveTo(below(name));
      return main.tenant.url;
    },
    close,
    [Symbol.asyncDispose]: close,
  });
}
