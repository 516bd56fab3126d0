import { isSecureUrl } from "@countersign/core/wire";
import type { Answer, Credential } from "./credential.ts";

/** `Date` counts seconds, and an answer takes a while: less than this is no difference. In milliseconds. */
const tolerance = 2000;

/**
 * A credential whose time is the server's: what it signs with a time in it is refused where the clocks
 * disagree. The difference is learnt from the `Date` of every answer, for each origin, over https or on
 * this machine alone. A request that was refused (401) by a clock that it turned out to be wrong is sent
 * once more. Nothing else is measured with it; above all no token lives longer.
 */
export function onServerTime(credential: Credential): Credential {
  /** How far each origin is ahead, in milliseconds. */
  const skews = new Map<string, number>();
  return {
    async attach(request, context) {
      const { origin } = request.url;
      const skew = skews.get(origin) ?? 0;
      const now = () => context.now() + skew;
      const attachment = await credential.attach(request, { ...context, now });
      return {
        ...attachment,
        async answered(answer) {
          const found = isSecureUrl(request.url) ? readSkew(answer, context.now()) : undefined;
          if (found !== undefined) skews.set(origin, found);
          const retry = await attachment.answered?.(answer);
          if (retry || answer.status !== 401) return retry;
          const wasWrong = found !== undefined && Math.abs(found - skew) > tolerance;
          return wasWrong ? "challenge" : undefined;
        },
      };
    },
  };
}

function readSkew({ header }: Answer, now: number): number | undefined {
  const date = Date.parse(header("date") ?? ""); // RFC 9110 §6.6.1
  // With an Age it comes from a cache (RFC 9111 §5.1), and its date has passed.
  if (Number.isNaN(date) || header("age") !== undefined) return undefined;
  return Math.abs(date - now) > tolerance ? date - now : 0;
}
