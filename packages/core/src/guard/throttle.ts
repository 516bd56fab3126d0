import type { Throttle } from "../state/throttle.ts";
import { encodeBase64Url } from "../wire/base64url.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import { parseIpAddress } from "./ip-address.ts";
import { throttleUnavailable } from "./outages.ts";
import { tooManyFailures } from "./refusals.ts";
import type { AuthRequest } from "./request.ts";
import type { Attempt } from "./scheme.ts";
import { rejected, type Unavailable, unavailable, type Verdict } from "./verdict.ts";

/** Verifies a credential that can be guessed, within limits. */
export type GuessLimits = (
  request: AuthRequest,
  attempt: Attempt,
  verify: () => MaybePromise<Verdict>,
  rehearsal: boolean,
) => Promise<Verdict>;

/** Which limits there are, each as wide as its {@link Throttle} says. */
export interface GuessLimitOptions {
  /**
   * For one address trying one user. By both, since a limit by user alone would let anybody lock that
   * user out.
   */
  readonly bySubject?: Throttle;
  /** For one address (IPv6: one /64) trying anything. */
  readonly byAddress?: Throttle;
}

/**
 * Limits on guesses. Only credentials that can be guessed count: passwords, digests, and API keys
 * without a checksum. A point is taken before the credential is verified and given back when it holds,
 * so that many guesses at once count as many.
 *
 * @throws ConfigurationError when there is none
 * @example
 * createGuard({
 *   schemes: [basic({ users, passwords })],
 *   throttle: guessLimits({ bySubject: createMemoryThrottle({ points: 5, duration: 60 }) }),
 * });
 */
export function guessLimits(limits: GuessLimitOptions): GuessLimits {
  if (limits.bySubject === undefined && limits.byAddress === undefined) {
    throw new ConfigurationError(
      "guessLimits needs a throttle: guessLimits({ byAddress: createMemoryThrottle({ … }) }).",
    );
  }
  return async (request, attempt, verify, rehearsal) => {
    const taken: Counter[] = [];
    for (const counter of countersOf(limits, request, attempt)) {
      const refusal = await (rehearsal ? look(counter) : take(counter));
      if (refusal !== undefined) {
        // What a later limit refuses must not use up an earlier one.
        await giveBack(taken);
        return refusal;
      }
      if (!rehearsal) taken.push(counter);
    }
    const verdict = await verify();
    if (!isWrongGuess(verdict)) await giveBack(taken);
    return verdict;
  };
}

/** An outage is nobody's guess; and a digest that comes late, or twice, was made with the password. */
function isWrongGuess(verdict: Verdict): boolean {
  if (verdict.kind !== "rejected") return false;
  return verdict.reason !== "digest_nonce_stale" && verdict.reason !== "request_replayed";
}

interface Counter {
  readonly throttle: Throttle;
  readonly key: string;
}

function countersOf(
  { bySubject, byAddress }: GuessLimitOptions,
  { address }: AuthRequest,
  { claimedSubject = "" }: Attempt,
): Counter[] {
  if (address === undefined) {
    throw new ConfigurationError(
      "The guard has limits on guesses and does not know the caller's address. Let the adapter tell it.",
    );
  }
  const network = toNetwork(address);
  return [
    ...(byAddress ? [{ throttle: byAddress, key: `address ${network}` }] : []),
    ...(bySubject ? [{ throttle: bySubject, key: `subject ${network} ${claimedSubject}` }] : []),
  ];
}

async function take({ throttle, key }: Counter): Promise<Verdict | undefined> {
  try {
    await throttle.consume(key);
    return undefined;
  } catch (refusal) {
    return refusal instanceof Error ? down(refusal) : tooMany(refusal);
  }
}

/** What taking a point would come to, as far as the throttle says without it. */
async function look({ throttle, key }: Counter): Promise<Verdict | undefined> {
  try {
    const left = await throttle.get?.(key);
    return left && left.remainingPoints <= 0 ? tooMany(left) : undefined;
  } catch (cause) {
    return down(cause);
  }
}

function tooMany(refusal: unknown): Verdict {
  const wait = Number((refusal as { msBeforeNext?: unknown } | undefined)?.msBeforeNext);
  const seconds = Number.isFinite(wait) ? Math.max(1, Math.ceil(wait / 1000)) : 60;
  return rejected(tooManyFailures, {
    headers: [["retry-after", String(seconds)]],
    details: { expected: "attempts left", found: `none for another ${seconds} s` },
  });
}

async function giveBack(counters: readonly Counter[]): Promise<void> {
  // A point that is not given back comes back with the window: no reason to refuse a good credential.
  await Promise.allSettled(counters.map(({ throttle, key }) => throttle.reward(key)));
}

function down(cause: unknown): Unavailable {
  return unavailable(throttleUnavailable, { cause });
}

/** The address, or for IPv6 its /64, which one caller commonly has all of. */
export function toNetwork(address: string): string {
  const bytes = parseIpAddress(address.split("%")[0] ?? "");
  // What is no IP address (the path of a socket, say) stands for itself.
  if (bytes === undefined) return address;
  const isMapped = bytes[10] === 0xff && bytes.subarray(0, 10).every((byte) => byte === 0);
  return encodeBase64Url(bytes.subarray(0, isMapped ? 16 : 8));
}
