import { formatChallenges } from "@countersign/core/wire";
import { IssuerError } from "../issuer-error.ts";
import { outage } from "../reach.ts";
import type { Settings } from "../settings.ts";

/** JSON that nobody may keep: it holds tokens, or is about them (RFC 6749 §5.1). */
export function answerOnce(
  body: unknown,
  init: { status?: number; headers?: Readonly<Record<string, string>> } = {},
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
  const refusal = error instanceof IssuerError ? error : outage(error);
  const { status, headers } = refusal;
  if (status === 503) settings.tell({ type: "unavailable", cause: refusal.cause });
  return answerOnce(refusal, { status, headers: { ...headers, ...challengeOf(settings, status) } });
}

/** Every 401 has a challenge (RFC 9110 §15.5.2); Basic is the one RFC 6749 §2.3.1 asks for. */
function challengeOf({ url }: Settings, status: number): Record<string, string> {
  if (status !== 401) return {};
  return { "www-authenticate": formatChallenges([{ scheme: "Basic", params: { realm: url } }]) };
}
