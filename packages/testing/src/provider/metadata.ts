import type { Provider } from "./provider.ts";

/** What discovery says beside what the issuer says of itself (OpenID Connect Discovery §3). */
export async function extendMetadata(provider: Provider, answer: Response): Promise<Response> {
  const base = provider.url.replace(/\/$/, "");
  const { algorithm } = await provider.keys.current();
  const metadata = {
    ...((await answer.json()) as object),
    authorization_endpoint: `${base}/authorize`,
    pushed_authorization_request_endpoint: `${base}/par`,
    device_authorization_endpoint: `${base}/device_authorization`,
    userinfo_endpoint: `${base}/userinfo`,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: [algorithm],
    scopes_supported: ["openid"],
  };
  return Response.json(metadata, { headers: { "cache-control": "public, max-age=300" } });
}
