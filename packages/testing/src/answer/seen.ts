import { type Challenge, parseChallenges } from "@countersign/core/wire";

/**
 * An answer as any framework's tests have it: a Fetch `Response` (Hono's `app.request`), supertest's,
 * Fastify's `inject`, or a Node response.
 */
export type AnswerLike = { readonly headers: HeadersLike } & (
  | { readonly status: number }
  | { readonly statusCode: number }
);

type HeadersLike = Pick<Headers, "get"> | Readonly<Record<string, unknown>>;

/** What a refusal says to its caller. */
export interface Seen {
  readonly status: number;
  /** The challenges of WWW-Authenticate (RFC 9110 §11.6.1). */
  readonly challenges: readonly Challenge[];
}

/**
 * Reads status and challenges.
 *
 * @throws TypeError when it is no answer: a promise that was not awaited, say
 */
export function see(answer: unknown): Seen {
  const { status, statusCode, headers } = (answer ?? {}) as Record<string, unknown>;
  const code = typeof status === "number" ? status : statusCode;
  if (typeof code !== "number" || typeof headers !== "object" || headers === null) {
    const isPending = typeof (answer as Promise<unknown> | undefined)?.then === "function";
    throw new TypeError(
      isPending
        ? "This is a promise: await the answer first."
        : "This is no answer with status and headers.",
    );
  }
  const field = readField(headers as HeadersLike);
  const challenges = parseChallenges(field);
  if (challenges === undefined) throw new TypeError(`WWW-Authenticate cannot be read: ${field}`);
  return { status: code, challenges };
}

function readField(headers: HeadersLike): string {
  const value =
    typeof headers.get === "function"
      ? headers.get("www-authenticate")
      : (headers as Record<string, unknown>)["www-authenticate"];
  return Array.isArray(value) ? value.join(", ") : String(value ?? "");
}

/** An answer in words, for failures of tests. */
export function describeSeen({ status, challenges }: Seen): string {
  const said = challenges.map(({ scheme, params }) => {
    const { error, scope } = params;
    return [scheme, error && `error="${error}"`, scope && `scope="${scope}"`]
      .filter(Boolean)
      .join(" ");
  });
  return `${status} with ${said.join(", ") || "no challenge"}`;
}
