import type { KeySource } from "../keys/key-source.ts";
import { normalizeType } from "../token/normalize-type.ts";
import { parseJws, readHeader } from "../token/parse-token.ts";
import { verifySignature } from "../token/verify-signature.ts";
import { toSeconds } from "../wire/clock.ts";
import { isJsonObject, type JsonObject } from "../wire/strict-json.ts";

/** The media type of a signed answer (RFC 9701 §5). */
export const signedAnswerType = "application/token-introspection+jwt";

/** Who signs answers, and for whom. */
export interface AnswerSigner {
  readonly issuer: string;
  readonly keys: KeySource;
  /** By what the issuer may call us: our client's id, or the audience of our tokens (RFC 9701 §5). */
  readonly ourNames: readonly string[];
}

/** 1 MiB. */
const longestAnswer = 1_048_576;
/** Seconds by which the issuer's clock may be ahead. */
const clockTolerance = 30;

/**
 * The answer in a signed one (RFC 9701 §5), once it is certain that our issuer signed it, as such an
 * answer, for us.
 *
 * @param now milliseconds since the epoch
 * @throws Error that says what is wrong with it
 */
export async function openSignedAnswer(
  text: string,
  { issuer, keys, ourNames }: AnswerSigner,
  now: number,
): Promise<JsonObject | undefined> {
  const token = parseJws(text, longestAnswer, readHeader);
  if (token === undefined) throw new Error("The signed answer is no JWT");
  const key = await keys.find(token.header, now);
  if (key === undefined) throw new Error("The signed answer is signed with an unknown key");
  if ("kind" in key) throw new Error(key.description, { cause: key.cause });
  if (!(await verifySignature(token, key))) {
    throw new Error("The signature of the signed answer does not hold");
  }
  // By its type above all: an access or an ID token of the same issuer must not pass for an answer.
  if (normalizeType(token.header.typ ?? "") !== "token-introspection+jwt") {
    throw new Error("The signed answer is a JWT of another type");
  }
  const { iss, aud, iat, token_introspection: answer } = token.claims;
  if (iss !== issuer) throw new Error("The signed answer is of another issuer");
  if (!(Array.isArray(aud) ? aud : [aud]).some((name) => ourNames.includes(name))) {
    throw new Error("The signed answer is meant for others");
  }
  if (!(typeof iat === "number" && iat <= toSeconds(now) + clockTolerance)) {
    throw new Error("The signed answer has no time, or one in the future");
  }
  return isJsonObject(answer) ? answer : undefined;
}
