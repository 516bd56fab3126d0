import { createJwtVerifier, TokenError } from "@countersign/core";
import { type GrantRequest, IssuerError, type TokenAnswer } from "@countersign/issuer";
import { decodeJwt } from "jose";
import type { Provider } from "./provider.ts";

/**
 * The JWT bearer grant (RFC 7523 §2.1): an assertion of this issuer's own, of a client with keys, or of
 * another issuer that is trusted, in exchange for an access token of its subject.
 */
export async function grantAssertion(
  provider: Provider,
  { form, clientId, dpopKey }: GrantRequest,
): Promise<TokenAnswer> {
  const { sub, scope } = await verify(provider, form.get("assertion") ?? "");
  if (typeof sub !== "string") throw refused("The assertion names nobody (RFC 7523 §3).");
  return provider.issuer.issue({
    subject: sub,
    // A client that speaks for itself is the one it speaks for.
    clientId: clientId ?? (provider.clients.has(sub) ? sub : undefined),
    scope: form.get("scope") ?? (typeof scope === "string" ? scope : ""),
    audience: form.get("resource") ?? form.get("audience"),
    dpopKey,
  });
}

async function verify(provider: Provider, assertion: string) {
  const { url, clock, issuer } = provider;
  const sender = senderOf(assertion);
  const jwks =
    sender === url
      ? () => issuer.jwks()
      : (provider.trusts.get(sender) ?? clientKeys(provider, sender));
  if (jwks === undefined) throw refused("The assertion is by nobody who is trusted.");
  // RFC 7523 §3: for us, by the name of the issuer or of its token endpoint.
  const audience = [url, `${url.replace(/\/$/, "")}/token`];
  const verifier = createJwtVerifier({ issuer: sender, audience, jwks, clock });
  try {
    return (await verifier.verify(assertion)).claims;
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    if (error.kind === "rejected") throw refused(`The assertion is refused: ${error.message}`);
    throw new IssuerError("temporarily_unavailable", "Its keys cannot be had now.", {
      cause: error,
    });
  }
}

function clientKeys({ clients }: Provider, sender: string) {
  return clients.get(sender)?.jwks;
}

function senderOf(assertion: string): string {
  try {
    return decodeJwt(assertion).iss ?? "";
  } catch {
    throw refused("The assertion is missing, or no JWT.");
  }
}

function refused(description: string): IssuerError {
  return new IssuerError("invalid_grant", description);
}
