import type { GrantRequest, TokenAnswer } from "@countersign/issuer";
import { signIdToken } from "./id-token.ts";
import type { TestLogin } from "./login.ts";
import type { Provider } from "./provider.ts";

/** What a client is to be given for a login. */
export interface GrantedLogin {
  readonly clientId: string;
  readonly login: TestLogin;
  /** What the client asked for. */
  readonly scope: string;
  readonly nonce?: string | undefined;
  /** The API that the client named (RFC 8707); absent: the issuer's. */
  readonly resource?: string | undefined;
}

/** Tokens for a user who logged in: with a refresh token, and an ID token where `openid` is granted. */
export async function issueLogin(
  provider: Provider,
  { clientId, login, nonce, resource, ...asked }: GrantedLogin,
  { dpopKey }: GrantRequest,
): Promise<TokenAnswer> {
  const scope = login.scope ?? asked.scope;
  const answer = await provider.issuer.issue({
    subject: login.subject,
    clientId,
    scope,
    audience: resource,
    roles: login.roles,
    claims: login.accessTokenClaims,
    authenticatedAt: login.authenticatedAt,
    methods: login.methods,
    acr: login.acr,
    dpopKey,
    refreshable: true,
  });
  if (!scope.split(" ").includes("openid")) return answer;
  const accessToken = answer.access_token;
  const id_token = await signIdToken(provider, { clientId, login, nonce, accessToken });
  return { ...answer, id_token } as TokenAnswer;
}
