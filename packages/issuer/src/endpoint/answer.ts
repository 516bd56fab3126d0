import { formatChallenges } from "@countersign/core/wire";
import { IssuerError } from "../issuer-error.ts";
import type { Settings } from "../settings.ts";

/** Seconds; an outage of a store is mostly short. */
const retryAfter = 5;

/** JSON that nobody may keep: it holds tokens, or is about them (RFC 6749 §5.1). */
export function answerOnce(
  body: unknown,
  init: { status?: number; headers?: Record<string, string> } = {},
): Response {
  return Response.json(body, {
    ...init,
    headers: { "cache-control": "no-store", ...init.headers },
  });
}

/** JSON that is the same for all. */
export function answerPublic(body: unknown, maxAge: number): Response {
  return Response.json(body, { headers: { "cache-control": `public, max-age=${maxAge}` } });
}

/** RFC 6749 §5.2. Whatever is no refusal is an outage: told to the operator, and 503. */
export function answerError(settings: Settings, error: unknown): Response {
  if (error instanceof IssuerError && error.status !== 503) {
    return answerOnce(error, { status: error.status, headers: challengeOf(settings, error) });
  }
  const outage = error instanceof IssuerError ? error.cause : error;
  settings.tell({ type: "unavailable", cause: outage });
  const body = new IssuerError(
    "temporarily_unavailable",
    "The issuer cannot answer now. Try again.",
  );
  return answerOnce(body, { status: 503, headers: { "retry-after": String(retryAfter) } });
}

/** Every 401 has a challenge (RFC 9110 §15.5.2); Basic is the one RFC 6749 §2.3.1 asks for. */
function challengeOf({ url }: Settings, { status }: IssuerError): Record<string, string> {
  if (status !== 401) return {};
  return { "www-authenticate": formatChallenges([{ scheme: "Basic", params: { realm: url } }]) };
}
