import type { AuthRequest, ProvenKey } from "@countersign/core";
import { IssuerError, type IssuerErrorCode } from "../issuer-error.ts";
import { reach } from "../reach.ts";
import type { Settings } from "../settings.ts";

/**
 * The DPoP key that a request to the token endpoint shows to hold, if it does (RFC 9449 §5).
 *
 * @throws IssuerError `invalid_dpop_proof`, `use_dpop_nonce`, `temporarily_unavailable`
 */
export async function proveKey(
  { dpop, endpoints, clock }: Settings,
  request: Request,
): Promise<ProvenKey | undefined> {
  if (dpop === undefined || !request.headers.has("dpop")) return undefined;
  const view = viewOf(request, endpoints.token);
  const proven = await reach(() => dpop.prove({ request: view, now: clock.now() }));
  if (!("kind" in proven)) return proven;
  throw new IssuerError(proven.error as IssuerErrorCode, proven.description, {
    headers: Object.fromEntries(proven.headers ?? []),
  });
}

/** Only what a proof is about; its URL is the one that we have published, whatever Host says. */
function viewOf(request: Request, url: string): AuthRequest {
  return {
    method: request.method,
    url,
    header: (name) => request.headers.get(name) ?? undefined,
    body: () => undefined,
    address: undefined,
    secure: true,
    certificate: undefined,
  };
}
