import { signatureCheck } from "#signature";
import { requireThat } from "../wire/configuration-error.ts";
import type { Secret } from "../wire/secret.ts";
import { hmacAlgorithms, type SigningAlgorithm } from "./algorithms.ts";
import type { VerificationKey } from "./verification-key.ts";

const utf8 = /* @__PURE__ */ new TextEncoder();

/** Out of tutorials and token debuggers: long enough, and known to everybody. */
const wellKnown = /^(a-(valid-)?string-secret-|your-\d+-bit-secret)/;

/**
 * A secret as a key: for the HMAC algorithms that it has enough bytes for (RFC 7518 §3.2).
 *
 * @throws ConfigurationError when it is too short, known to everybody, or no secret but a public key
 */
export function toSecretKey(
  secret: string | Uint8Array | Secret,
  configured: readonly SigningAlgorithm[] | undefined,
): VerificationKey {
  const text =
    typeof secret === "string" || secret instanceof Uint8Array ? secret : secret.reveal();
  const bytes = typeof text === "string" ? utf8.encode(text) : text.slice();
  const shown = typeof text === "string" ? text : new TextDecoder().decode(text);
  requireThat(
    !/-----BEGIN [A-Z0-9 ]+-----/.test(shown),
    "secret is a PEM key. Everybody can have a public key: verify with publicKey instead.",
  );
  requireThat(
    !wellKnown.test(shown),
    "secret is an example that everybody knows. Make one: openssl rand -base64 32",
  );
  const wanted = Object.entries(hmacAlgorithms).filter(
    ([alg]) => !configured || configured.some((each) => each === alg),
  );
  const fitting = wanted.filter(([, length]) => bytes.length >= length);
  const needed = Math.max(...(configured ? wanted.map(([, length]) => length) : [32]));
  requireThat(
    bytes.length >= needed,
    `secret has ${bytes.length} bytes and needs ${needed}. Make one: openssl rand -base64 ${needed}`,
  );
  return {
    kid: undefined,
    algorithms: new Set(fitting.map(([alg]) => alg)),
    identity: "secret",
    check: signatureCheck(bytes),
  };
}
