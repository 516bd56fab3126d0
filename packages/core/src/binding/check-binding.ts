import type { Dpop } from "../dpop/dpop.ts";
import type { TokenAuthScheme } from "../guard/authorization.ts";
import type { Binding } from "../guard/principal.ts";
import { bindingUnsupported, certificateMismatch } from "../guard/refusals.ts";
import type { AuthContext, Check } from "../guard/scheme.ts";
import { type Rejection, wrong } from "../guard/verdict.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import { isJsonObject } from "../wire/strict-json.ts";
import { certificateThumbprint } from "./certificate.ts";
import type { CheckedBinding, Presentation } from "./presentation.ts";

/**
 * Whether a token, otherwise good, comes from whom it was issued to (RFC 7800, RFC 8705 §3, RFC 9449
 * §7.1). A binding that cannot be checked is refused, never passed over.
 *
 * @param cnf the token's confirmation claim
 */
export function checkBinding(
  cnf: unknown,
  presentation: Presentation,
  dpop: Dpop | undefined,
  { now, rehearsal }: Pick<AuthContext, "now" | "rehearsal">,
): MaybePromise<CheckedBinding | Rejection> {
  const binding = readConfirmation(cnf);
  if (binding === "unsupported" || (binding?.type === "dpop" && dpop === undefined)) {
    const known = dpop === undefined ? "x5t#S256" : "jkt or x5t#S256";
    return wrong(bindingUnsupported, `cnf with one of ${known}`, membersOf(cnf));
  }
  const byDpop = dpop?.check({ ...presentation, binding, now, rehearsal });
  return byDpop ?? (binding ? checkCertificate(binding, presentation) : { binding });
}

/** What {@link checkBinding} checks of a token that is sent in this way, in its order. */
export function bindingChecks(
  authScheme: TokenAuthScheme | undefined,
  dpop: Dpop | undefined,
): readonly Check[] {
  const byCertificate = authScheme === "DPoP" ? [] : [certificateMismatch];
  return [bindingUnsupported, ...(dpop?.checks(authScheme) ?? []), ...byCertificate];
}

async function checkCertificate(
  binding: Binding,
  { request: { certificate } }: Presentation,
): Promise<CheckedBinding | Rejection> {
  const shown = certificate === undefined ? undefined : await certificateThumbprint(certificate);
  if (shown === binding.thumbprint) return { binding };
  const found = shown ?? (certificate === undefined ? "no certificate" : "no PEM certificate");
  return wrong(certificateMismatch, binding.thumbprint, found);
}

/** One confirmation method that we know, and none beside it (RFC 7800 §3.1). */
function readConfirmation(cnf: unknown): Binding | "unsupported" | undefined {
  if (cnf === undefined) return undefined;
  const [method, ...others] = isJsonObject(cnf) ? Object.entries(cnf) : [];
  if (method === undefined || others.length > 0) return "unsupported";
  const [name, thumbprint] = method;
  // Each a SHA-256 in base64url.
  if (typeof thumbprint !== "string" || thumbprint.length !== 43) return "unsupported";
  if (name === "jkt") return Object.freeze({ type: "dpop", thumbprint });
  return name === "x5t#S256" ? Object.freeze({ type: "certificate", thumbprint }) : "unsupported";
}

function membersOf(cnf: unknown): string {
  if (cnf === undefined) return "no cnf";
  return isJsonObject(cnf) ? `cnf with ${Object.keys(cnf).join(", ") || "nothing"}` : "another cnf";
}
