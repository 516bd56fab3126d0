import { ConfigurationError } from "@countersign/core/wire";
import type { ClientRequest } from "./endpoint/read-client-request.ts";
import type { TokenAnswer } from "./token/token-answer.ts";

/** What was sent to `/token`, once the client has authenticated as far as it can. */
export interface GrantRequest extends ClientRequest {
  /** The thumbprint of the DPoP key that the request proved to hold. */
  readonly dpopKey: string | undefined;
}

/**
 * A further grant at `/token` (RFC 6749 §4.5), which answers with what the issuer issues for it.
 *
 * @throws IssuerError to refuse: `invalid_grant` and the like
 * @example
 * const grant: ExtensionGrant = async ({ form, dpopKey }) =>
 *   issuer.issue({ subject: await readAssertion(form.get("assertion")), dpopKey });
 */
export type ExtensionGrant = (request: GrantRequest) => Promise<TokenAnswer>;

const ours = [
  "client_credentials",
  "refresh_token",
  "urn:ietf:params:oauth:grant-type:token-exchange",
];

/** @throws ConfigurationError */
export function toGrants(
  grants: Readonly<Record<string, ExtensionGrant>>,
): ReadonlyMap<string, ExtensionGrant> {
  const taken = ours.find((name) => Object.hasOwn(grants, name));
  if (taken === undefined) return new Map(Object.entries(grants));
  throw new ConfigurationError(`grants: "${taken}" is the issuer's own. Leave it out.`);
}
