import type { Clock } from "@countersign/core/wire";
import { readDemand } from "../credential/step-up.ts";
import type { AccessToken, StepUpDemand, TokenSource } from "./token-source.ts";

const minute = 60_000;

/**
 * A source that can meet what APIs demand beyond a good token: more scope, or another login (RFC 9470).
 * Tokens come from `source`, and from what `climb` gives as soon as it has given one; then the refused
 * call is sent once more. One demand is tried once a minute, however many calls were refused and
 * whatever comes of it: an API that demands for ever wears out neither user nor token endpoint.
 *
 * @param climb gives a source whose tokens meet the demand; nothing, and the refusal is the caller's
 * answer; throws, and the call ends with that error
 * @example
 * const source = onStepUp(login, async (demand) => {
 *   const { url, pending } = await logins.start(demand);
 *   return logins.finish(await sendUserTo(url), pending);
 * });
 */
export function onStepUp<T extends AccessToken>(
  source: TokenSource<T>,
  climb: (demand: StepUpDemand) => Promise<TokenSource<T> | undefined>,
  { clock = Date }: { readonly clock?: Clock } = {},
): TokenSource<T> {
  let current = source;
  /** By demand, in the order of their beginning. */
  const attempts = new Map<string, { readonly at: number; readonly met: Promise<boolean> }>();

  async function attempt(demand: StepUpDemand, before: Promise<boolean>[]): Promise<boolean> {
    // One after the other, so that the second comes on top of what the first one got.
    await Promise.allSettled(before);
    const next = await climb(demand);
    current = next ?? current;
    return next !== undefined;
  }

  return Object.freeze<TokenSource<T>>({
    token: (request) => current.token(request),
    invalidate: (refused) => current.invalidate(refused),
    async stepUp(answer, refused, options) {
      const demand = readDemand(answer);
      if (demand === undefined) return undefined;
      if (await current.stepUp?.(answer, refused, options)) return true;
      const { scope, acrValues, maxAge } = demand;
      const name = JSON.stringify([scope, acrValues, maxAge]);
      const now = clock.now();
      for (const [each, { at }] of attempts) if (now >= at + minute) attempts.delete(each);
      if (!attempts.has(name)) {
        const others = Array.from(attempts.values(), ({ met }) => met);
        attempts.set(name, { at: now, met: attempt(demand, others) });
      }
      if (!(await attempts.get(name)?.met)) return false;
      // Otherwise it is the very token that was to meet the demand, and another one would be refused, too.
      return (await current.token()).value.reveal() !== refused.value.reveal();
    },
  });
}
