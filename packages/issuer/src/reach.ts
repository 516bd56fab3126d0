import type { MaybePromise } from "@countersign/core/wire";
import { IssuerError } from "./issuer-error.ts";

/** Seconds; an outage of a store is mostly short. */
const retryAfter = "5";

/**
 * Asks a store or the keys. What they throw is no caller's fault and no refusal: it becomes
 * `temporarily_unavailable`, which the endpoints answer with 503.
 */
export async function reach<T>(ask: () => MaybePromise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw outage(cause);
  }
}

/** "We cannot tell now." */
export function outage(cause: unknown): IssuerError {
  return new IssuerError("temporarily_unavailable", "The issuer cannot answer now. Try again.", {
    cause,
    headers: { "retry-after": retryAfter },
  });
}
