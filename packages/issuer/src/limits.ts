import { toNetwork } from "@countersign/core";
import type { Throttle } from "@countersign/core/state";
import { ConfigurationError } from "@countersign/core/wire";
import { IssuerError } from "./issuer-error.ts";
import { outage } from "./reach.ts";

/**
 * Limits on what callers may try at `/token`, `/revoke` and `/introspect`, each as wide as its
 * {@link Throttle} says.
 *
 * @example
 * const throttle: IssuerThrottle = {
 *   address: (request) => request.headers.get("cf-connecting-ip") ?? undefined,
 *   failures: createMemoryThrottle({ points: 10, duration: 60 }),
 * };
 */
export interface IssuerThrottle {
  /** Who sent a request: the other end of the connection, or what a proxy that you trust says of it. */
  readonly address: (request: Request) => string | undefined;
  /** Requests of one address (IPv6: one /64), good or bad. */
  readonly requests?: Throttle;
  /** Client authentications of one address for one client that fail. */
  readonly failures?: Throttle;
}

/** The limits, ready for use. */
export interface Limits {
  /** @throws IssuerError `too_many_requests`, `temporarily_unavailable` */
  admit(request: Request): Promise<void>;
  /**
   * A point is taken before a guess is checked and given back when it was right, so that many guesses
   * at once count as many.
   *
   * @param clientId of a registered client; whoever names another shares one count
   * @throws IssuerError `too_many_requests`, `temporarily_unavailable`
   */
  guess(
    request: Request,
    clientId: string | undefined,
    check: () => Promise<boolean>,
  ): Promise<boolean>;
}

/** @throws ConfigurationError when there is a throttle, and nobody to say whom it limits */
export function toLimits(options: IssuerThrottle | undefined): Limits {
  if (options !== undefined && typeof options.address !== "function") {
    throw new ConfigurationError(
      "throttle needs address: (request) => …, which says who sent a request. Most runtimes tell it: " +
        "request.ip, the connection's remote address, or a field that your own proxy writes.",
    );
  }
  const networkOf = (request: Request): string => {
    const address = options?.address(request);
    // As a cause, this ends up in an event and not with the caller.
    if (address) return toNetwork(address);
    throw outage(new ConfigurationError("throttle.address gave no address for a request."));
  };

  return {
    async admit(request) {
      if (options?.requests) await take(options.requests, `address ${networkOf(request)}`);
    },
    async guess(request, clientId = "", check) {
      const failures = options?.failures;
      if (!failures) return check();
      const key = `client ${networkOf(request)} ${clientId}`;
      await take(failures, key);
      let isWrong = false;
      try {
        const isRight = await check();
        isWrong = !isRight;
        return isRight;
      } finally {
        // An outage is nobody's guess. A point that is not given back comes back with the window.
        if (!isWrong) await Promise.resolve(failures.reward(key)).catch(() => {});
      }
    },
  };
}

async function take(throttle: Throttle, key: string): Promise<void> {
  try {
    await throttle.consume(key);
  } catch (refusal) {
    if (refusal instanceof Error) throw outage(refusal);
    const wait = Number((refusal as { msBeforeNext?: unknown } | undefined)?.msBeforeNext);
    const seconds = Number.isFinite(wait) ? Math.max(1, Math.ceil(wait / 1000)) : 60;
    throw new IssuerError("too_many_requests", "There were too many attempts. Try again later.", {
      headers: { "retry-after": String(seconds) },
    });
  }
}
