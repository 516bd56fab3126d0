import type { Credential } from "../credential/credential.ts";
import type { Fetch } from "../fetch/fetch.ts";
import type { HostileOrigins } from "./stage.ts";

/**
 * What not every transport can do; where it is missing, the cases that need it mean nothing.
 *
 * - `redirects`: sees where redirects lead, and follows them. Browsers show them to nobody.
 * - `one-shot`: sends a stream as it comes, and once. Others hold it in memory, or take none.
 * - `replayable`: takes a stream of the web that can be made again.
 * - `cookies`: writes `Cookie`, which browsers let no program write.
 */
export type Ability = "redirects" | "one-shot" | "replayable" | "cookies";

/** A transport, and the server it is tried against. */
export interface Trial {
  readonly server: HostileOrigins;
  /** The transport with a credential, called like fetch. */
  connect(options: { readonly origins: readonly string[]; readonly credential: Credential }): Fetch;
}

/** One promise of every transport. */
export interface TransportCase {
  readonly name: string;
  readonly needs?: readonly Ability[];
  /** Rejects when the promise is broken. */
  run(trial: Trial): Promise<void>;
}

/** What the cases compare with; by value. */
export function expect(found: unknown, expected: unknown, what: string): void {
  const [shown, wanted] = [found, expected].map((value) => JSON.stringify(value) ?? "nothing");
  if (shown !== wanted) throw new Error(`${what}: expected ${wanted}, found ${shown}`);
}

/** The reason for which something fails. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  const missing = new Error("expected a failure, and there was none");
  const reason = await work.then(
    () => missing,
    (thrown: unknown) => thrown,
  );
  if (reason === missing) throw missing;
  return reason;
}

/** Our code for a failure, which libraries may have wrapped. */
export function codeOf(failure: unknown): unknown {
  for (let error = failure; error instanceof Error; error = error.cause) {
    if ("code" in error && typeof error.code === "string" && /^[a-z_]+$/.test(error.code)) {
      return error.code;
    }
  }
  return String(failure);
}

/** All text that somebody could find in a value by looking at it. */
export function textIn(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || seen.has(value)) return "";
  seen.add(value);
  const members = Reflect.ownKeys(value).map((name) => {
    const { value: member } = Object.getOwnPropertyDescriptor(value, name) ?? {};
    return textIn(member, seen);
  });
  return [String((value as Error).message ?? ""), ...members].join("\n");
}
