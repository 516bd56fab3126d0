import { encodeBase64Url } from "../wire/base64url.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";

const lifetime = 60_000;
const capacity = 1000;
const utf8 = /* @__PURE__ */ new TextEncoder();

/** Remembers for a minute which password was right for which stored hash. */
export interface MemoryOfSuccess {
  /**
   * Whether the pair was right before, or else whatever `check` says now.
   *
   * @param isKept whether a success is remembered
   */
  or(
    pair: Pair,
    now: number,
    check: () => MaybePromise<boolean>,
    isKept: boolean,
  ): Promise<boolean>;
}

interface Pair {
  readonly hash: string | undefined;
  readonly password: string;
}

/**
 * What is kept is an HMAC under a key that this process made and nobody else knows. The stored hash
 * is part of it: a changed password is a pair that never was right.
 */
export function createMemoryOfSuccess(): MemoryOfSuccess {
  const key = crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const successes = new Map<string, number>();

  return {
    async or({ hash, password }, now, check, isKept) {
      if (hash === undefined) return check();
      const pair = utf8.encode(JSON.stringify([hash, password]));
      const mac = encodeBase64Url(
        new Uint8Array(await crypto.subtle.sign("HMAC", await key, pair)),
      );
      const until = successes.get(mac);
      if (until !== undefined && now < until) return true;
      const isRight = await check();
      if (isRight === true && isKept) {
        successes.delete(mac);
        successes.set(mac, now + lifetime);
        const [oldest] = successes.keys();
        if (successes.size > capacity && oldest !== undefined) successes.delete(oldest);
      }
      return isRight;
    },
  };
}
