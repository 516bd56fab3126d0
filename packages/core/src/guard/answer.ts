import { formatChallenges } from "../wire/challenge.ts";
import type { Rejection, Unavailable } from "./verdict.ts";

/** An HTTP answer that any framework can write; each writes it byte for byte the same. */
export interface Answer {
  readonly status: number;
  readonly headers: [name: string, value: string][];
  readonly body: string;
}

const titles = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  413: "Content Too Large",
  429: "Too Many Requests",
  503: "Service Unavailable",
} as const;

/**
 * The answer to a caller who is not let in: problem details (RFC 9457) that name the reason, and the
 * challenges (RFC 9110 §11.6.1).
 *
 * @example
 * const verdict = await guard.check(request);
 * if (verdict.kind !== "accepted") return toAnswer(verdict);
 */
export function toAnswer(refusal: Rejection | Unavailable): Answer {
  const status = refusal.kind === "rejected" ? refusal.status : 503;
  const body = JSON.stringify({
    type: "about:blank",
    title: titles[status],
    status,
    detail: refusal.description,
    ...(refusal.kind === "rejected" && { error: refusal.error }),
    reason: refusal.reason,
    ...(refusal.kind === "rejected" && { scope: refusal.demand?.scope?.join(" ") }),
  });
  const headers: [string, string][] = [
    ["cache-control", "no-store"],
    ["content-type", "application/problem+json"],
  ];
  if (refusal.kind === "unavailable") {
    headers.push(["retry-after", String(refusal.retryAfter)]);
  } else {
    if (refusal.challenges.length > 0) {
      headers.push(["www-authenticate", formatChallenges(refusal.challenges)]);
    }
    for (const [name, value] of refusal.headers ?? []) headers.push([name, value]);
  }
  return { status, headers, body };
}
