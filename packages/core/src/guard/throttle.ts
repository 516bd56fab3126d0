import type { Throttle } from "../state/throttle.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import type { AuthRequest } from "./request.ts";
import type { Attempt } from "./scheme.ts";
import { rejected, type Unavailable, unavailable, type Verdict } from "./verdict.ts";

/**
 * Limits on guesses. Only credentials that can be guessed count: passwords, digests, and API keys
 * without a checksum. A point is taken before the credential is verified and given back when it holds,
 * so that many guesses at once count as many.
 */
export interface GuessLimits {
  /**
   * For one address trying one user. By both, since a limit by user alone would let anybody lock that
   * user out.
   */
  readonly bySubject?: Throttle;
  /** For one address (IPv6: one /64) trying anything. */
  readonly byAddress?: Throttle;
}

/** Verifies a credential under the limits. */
export async function verifyWithin(
  limits: GuessLimits,
  request: AuthRequest,
  attempt: Attempt,
  verify: () => Verdict | Promise<Verdict>,
): Promise<Verdict> {
  const counters = countersOf(limits, request, attempt);
  const taken: typeof counters = [];
  for (const counter of counters) {
    const refusal = await take(counter);
    if (refusal !== undefined) {
      // What a later limit refuses must not use up an earlier one.
      await giveBack(taken);
      return refusal;
    }
    taken.push(counter);
  }
  const verdict = await verify();
  // An outage is nobody's guess.
  if (verdict.kind !== "rejected") await giveBack(taken);
  return verdict;
}

interface Counter {
  readonly throttle: Throttle;
  readonly key: string;
}

function countersOf(
  { bySubject, byAddress }: GuessLimits,
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
    if (refusal instanceof Error) return down(refusal);
    const wait = Number((refusal as { msBeforeNext?: unknown } | undefined)?.msBeforeNext);
    const seconds = Number.isFinite(wait) ? Math.max(1, Math.ceil(wait / 1000)) : 60;
    return rejected("too_many_failures", { headers: [["retry-after", String(seconds)]] });
  }
}

async function giveBack(counters: readonly Counter[]): Promise<void> {
  // A point that is not given back comes back with the window: no reason to refuse a good credential.
  await Promise.allSettled(counters.map(({ throttle, key }) => throttle.reward(key)));
}

function down(cause: unknown): Unavailable {
  return unavailable("throttle_unavailable", { cause });
}

/** The address, or for IPv6 its /64, which one caller commonly has all of. */
export function toNetwork(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = (address.split("%")[0] ?? "").toLowerCase().split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
