import { credentialMalformed, digestNotOffered } from "../guard/refusals.ts";
import { type Rejection, rejected } from "../guard/verdict.ts";
import { parseAuthParams } from "../wire/auth-params.ts";
import type { DigestAlgorithm, DigestQop } from "../wire/digest.ts";
import { decodeExtValue } from "../wire/ext-value.ts";

/** What `Authorization: Digest …` says (RFC 7616 §3.4). */
export interface DigestCredentials {
  readonly username: string;
  readonly realm: string;
  readonly uri: string;
  readonly algorithm: DigestAlgorithm;
  readonly qop: DigestQop;
  readonly nonce: string;
  readonly nonceCount: string;
  readonly cnonce: string;
  readonly response: string;
}

/** What a scheme offers in its challenges. */
export interface DigestOffer {
  readonly algorithms: readonly DigestAlgorithm[];
  readonly qop: readonly DigestQop[];
}

const utf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads Digest credentials, and refuses at once what cannot be read or was never offered. */
export function readDigest(value: string, offer: DigestOffer): DigestCredentials | Rejection {
  const pairs = parseAuthParams(value);
  const params = new Map(pairs?.map(([name, text]) => [name.toLowerCase(), text]));
  if (pairs === undefined || params.size < pairs.length) {
    return malformed("parameters, each once", "others, or one twice");
  }

  const username = readUsername(params);
  const [realm, uri, nonce, response] = ["realm", "uri", "nonce", "response"].map((name) =>
    params.get(name),
  );
  if (!username || realm === undefined || !uri || !nonce || !response) {
    return malformed("username, realm, uri, nonce and response", "not all of them");
  }

  // Without `algorithm` it is MD5 (RFC 7616 §3.4), and without `qop` as RFC 2069 had it: no nonce
  // count, no protection. Neither is a way around what is offered.
  const asked = { algorithm: params.get("algorithm") ?? "MD5", qop: params.get("qop") ?? "" };
  const algorithm = offer.algorithms.find((each) => isSameToken(each, asked.algorithm));
  const qop = offer.qop.find((each) => isSameToken(each, asked.qop));
  if (algorithm === undefined) return notOffered(offer.algorithms.join(" or "), asked.algorithm);
  if (qop === undefined) return notOffered(`qop ${offer.qop.join(" or ")}`, asked.qop);
  if (params.get("userhash")?.toLowerCase() === "true") {
    return notOffered("userhash=false", "userhash=true");
  }

  const [nonceCount, cnonce] = [params.get("nc"), params.get("cnonce")];
  if (!nonceCount || !/^[0-9a-f]{8}$/i.test(nonceCount) || !cnonce) {
    return malformed("nc of 8 hexadecimal digits, and cnonce", "not both");
  }
  return { username, realm, uri, algorithm, qop, nonce, nonceCount, cnonce, response };
}

/** By `username*` for what a quoted-string cannot hold, but never by both (RFC 7616 §3.4). */
function readUsername(params: ReadonlyMap<string, string>): string | undefined {
  const [plain, extended] = [params.get("username"), params.get("username*")];
  if (plain !== undefined && extended !== undefined) return undefined;
  return extended === undefined ? plain && fromFieldBytes(plain) : decodeExtValue(extended);
}

/** A field's characters are its bytes; curl and others write UTF-8 in them (RFC 9110 §5.5). */
function fromFieldBytes(text: string): string {
  try {
    return utf8.decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  } catch {
    return text;
  }
}

function isSameToken(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function malformed(expected: string, found: string): Rejection {
  return rejected(credentialMalformed, { details: { expected, found } });
}

function notOffered(expected: string, found: string): Rejection {
  return rejected(digestNotOffered, { details: { expected, found } });
}
