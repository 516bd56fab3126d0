/** Where well-known providers put scopes, roles and permissions: spread one into the options of `jwt`. */
import type { ClaimReader } from "./read-claim.ts";

/** Where one provider puts what a principal may do. */
export interface ClaimPreset {
  readonly scopes: ClaimReader;
  readonly roles: ClaimReader;
  readonly permissions: ClaimReader;
}

/** The same, with whom tokens are for. */
export interface CognitoPreset extends ClaimPreset {
  readonly audience: null;
  readonly clientId: string | readonly string[];
}

const none: ClaimReader = () => [];

/**
 * Keycloak: the roles of a client, or without one those of the realm. Never both at once, since a
 * client's `admin` is not the realm's. Tokens are for an audience only where a mapper adds it.
 *
 * Source: Keycloak, Server Administration Guide, "Audience support" and "Role scope mappings".
 *
 * @param options `client`: the client whose roles count, most often this API itself
 * @example
 * jwt({ issuer: "https://id.example.com/realms/shop", audience: "orders", ...keycloak({ client: "orders" }) });
 */
export function keycloak({ client }: { readonly client?: string } = {}): ClaimPreset {
  const roles =
    client === undefined ? ["realm_access", "roles"] : ["resource_access", client, "roles"];
  return { scopes: "scope", roles, permissions: none };
}

/**
 * Auth0: permissions where RBAC and "Add Permissions in the Access Token" are on; roles only from a
 * claim that an Action of yours adds, with a name that is a URL.
 *
 * Source: Auth0 Docs, "Access Token Profiles" and "Create Custom Claims".
 *
 * @param options `roles`: the name of that claim
 * @example
 * jwt({ issuer: "https://acme.eu.auth0.com/", audience, ...auth0({ roles: "https://acme.example/roles" }) });
 */
export function auth0({ roles }: { readonly roles?: string } = {}): ClaimPreset {
  return { scopes: "scope", roles: roles ?? none, permissions: "permissions" };
}

/**
 * Microsoft Entra ID: scopes that users have delegated in `scp`; app roles, of users and of services
 * that act for themselves, in `roles`. In v2.0 tokens `aud` is the API's client id.
 *
 * Source: Microsoft Learn, "Access token claims reference".
 *
 * @example
 * jwt({ issuer: `https://login.microsoftonline.com/${tenant}/v2.0`, audience: apiClientId, ...entraId() });
 */
export function entraId(): ClaimPreset {
  return { scopes: "scp", roles: "roles", permissions: none };
}

/**
 * Okta, with a custom authorization server: tokens of the org's own server are for Okta alone. Roles
 * are groups, where a groups claim has been added to access tokens.
 *
 * Source: Okta Developer, "Customize tokens returned from Okta with a groups claim".
 *
 * @param options `groups`: the name of the groups claim, `"groups"` by default
 * @example
 * jwt({ issuer: "https://acme.okta.com/oauth2/default", audience: "api://default", ...okta() });
 */
export function okta({ groups = "groups" }: { readonly groups?: string } = {}): ClaimPreset {
  return { scopes: "scp", roles: groups, permissions: none };
}

/**
 * Amazon Cognito user pools: access tokens name no audience but the app client, which is checked
 * instead. Roles are the user's groups.
 *
 * Source: Amazon Cognito Developer Guide, "Understanding the access token".
 *
 * @param options `clientId`: the app clients whose tokens are taken
 * @example
 * jwt({ issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc", ...cognito({ clientId }) });
 */
export function cognito({ clientId }: Pick<CognitoPreset, "clientId">): CognitoPreset {
  const preset = { scopes: "scope", roles: "cognito:groups", permissions: none };
  return { audience: null, clientId, ...preset };
}

/**
 * Google: the ID tokens that service accounts call services with, as on Cloud Run. They say who calls
 * and not what they may do, so nothing is read: tell accounts apart by `sub`, or by `email`. Google's
 * own access tokens are opaque, and for Google's APIs.
 *
 * Source: Google Cloud Documentation, "Authenticating service-to-service".
 *
 * @example
 * const guard = createGuard({
 *   schemes: [jwt({ issuer: "https://accounts.google.com", audience: "https://orders.example.com", ...google() })],
 * });
 * protect(guard, claim("email", (email) => email === "worker@acme.iam.gserviceaccount.com"));
 */
export function google(): ClaimPreset {
  return { scopes: none, roles: none, permissions: none };
}
