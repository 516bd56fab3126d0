import type { Dpop } from "../dpop/dpop.ts";
import { proofChecks } from "../dpop/verify-proof.ts";
import type { TokenAuthScheme } from "../guard/authorization.ts";
import type { Binding } from "../guard/principal.ts";
import type { RejectionReason } from "../guard/refusals.ts";
import type { AuthContext } from "../guard/scheme.ts";
import { type HeaderField, type Rejection, wrong } from "../guard/verdict.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import { isJsonObject } from "../wire/strict-json.ts";
import { certificateThumbprint } from "./certificate.ts";
import type { Presentation } from "./presentation.ts";

/** That a token is bound to nothing, or that its sender holds what it is bound to. */
export interface CheckedBinding {
  readonly binding: Binding | undefined;
  /** Fields for the answer. */
  readonly headers?: readonly HeaderField[];
}

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
    return wrong("binding_unsupported", `cnf with one of ${known}`, membersOf(cnf));
  }
  const isDpop = presentation.authScheme === "DPoP";
  if (binding?.type === "dpop" && dpop !== undefined) {
    if (!isDpop) return wrong("dpop_required", "Authorization: DPoP", "Authorization: Bearer");
    const { request, token } = presentation;
    const bound = { request, token, thumbprint: binding.thumbprint, now, rehearsal };
    return after(dpop.check(bound), (checked) =>
      "kind" in checked ? checked : { binding, ...checked },
    );
  }
  if (isDpop) return wrong("dpop_unbound", "cnf with jkt", membersOf(cnf));
  return binding ? checkCertificate(binding, presentation) : { binding };
}

/** What {@link checkBinding} checks of a token that is sent in this way, in its order. */
export function bindingChecks(
  authScheme: TokenAuthScheme | undefined,
  dpop: Dpop | undefined,
): readonly RejectionReason[] {
  if (authScheme === "DPoP") return ["binding_unsupported", "dpop_unbound", ...proofChecks];
  const bound = dpop === undefined ? [] : (["dpop_required"] as const);
  return ["binding_unsupported", ...bound, "certificate_mismatch"];
}

async function checkCertificate(
  binding: Binding,
  { request: { certificate } }: Presentation,
): Promise<CheckedBinding | Rejection> {
  const shown = certificate === undefined ? undefined : await certificateThumbprint(certificate);
  if (shown === binding.thumbprint) return { binding };
  const found = shown ?? (certificate === undefined ? "no certificate" : "no PEM certificate");
  return wrong("certificate_mismatch", binding.thumbprint, found);
}

/** One confirmation method that we know, and none beside it (RFC 7800 §3.1). */
function readConfirmation(cnf: unknown): Binding | "unsupported" | undefined {
  if (cnf === undefined) return undefined;
  const [method, ...others] = isJsonObject(cnf) ? Object.entries(cnf) : [];
  if (method === undefined || others.length > 0) return "unsupported";
  const [name, thumbprint] = method;
  // Each a SHA-256 in base64url.
  if (typeof thumbprint !== "string" || thumbprint.length !== 43) return "unsupported";
  if (name === "jkt") return { type: "dpop", thumbprint };
  return name === "x5t#S256" ? { type: "certificate", thumbprint } : "unsupported";
}

function membersOf(cnf: unknown): string {
  if (cnf === undefined) return "no cnf";
  return isJsonObject(cnf) ? `cnf with ${Object.keys(cnf).join(", ") || "nothing"}` : "another cnf";
}
