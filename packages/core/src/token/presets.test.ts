import { describe, expect, test } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { requestOf } from "../guard/request.fixture.ts";
import { jwt } from "./jwt.ts";
import { auth0, cognito, entraId, google, keycloak, okta } from "./presets.ts";
import { clock, makeKey, now, signRaw } from "./signing.fixture.ts";

const key = await makeKey("RS256", "k1");
const times = { iat: now - 10, exp: now + 300 };

async function verdictOn(options: object, claims: object, header: object = {}) {
  const scheme = jwt({ ...options, jwks: { keys: [key.jwk] } } as never);
  const token = await signRaw(key, { alg: "RS256", kid: "k1", ...header }, { ...times, ...claims });
  const guard = createGuard({ schemes: [scheme], clock });
  return guard.check(requestOf({ authorization: `Bearer ${token}` }));
}

describe("Keycloak", () => {
  const issuer = "https://id.example.com/realms/shop";
  const claims = {
    auth_time: now - 60,
    jti: "onrtac:0c9f64a4-6f1f-4a4a-9b6c-0f6f0e7a9c11",
    iss: issuer,
    aud: ["orders", "account"],
    sub: "144bdeab-9bbf-47d6-9ec4-55982cd20e82",
    typ: "Bearer",
    azp: "web-shop",
    sid: "2cbeda29-fe54-46ae-9018-d5cddde7f502",
    acr: "1",
    "allowed-origins": ["https://shop.example.com"],
    realm_access: { roles: ["offline_access", "uma_authorization", "user"] },
    resource_access: {
      orders: { roles: ["admin"] },
      account: { roles: ["manage-account", "view-profile"] },
    },
    scope: "openid email profile",
    email_verified: true,
    preferred_username: "ada",
  };
  const trust = { issuer, audience: "orders" };

  test("gives a client's roles, and that client's alone", async () => {
    const verdict = await verdictOn({ ...trust, ...keycloak({ client: "orders" }) }, claims, {
      typ: "JWT",
    });
    expect(verdict).toMatchObject({
      principal: {
        subject: "144bdeab-9bbf-47d6-9ec4-55982cd20e82",
        clientId: "web-shop",
        scopes: ["openid", "email", "profile"],
        roles: ["admin"],
        permissions: [],
        authenticatedAt: now - 60,
      },
    });
  });

  test("gives the realm's roles, and no client's, where no client is named", async () => {
    const verdict = await verdictOn({ ...trust, ...keycloak() }, claims);
    expect(verdict).toMatchObject({
      principal: { roles: ["offline_access", "uma_authorization", "user"] },
    });
  });

  test("gives none of a client that the token does not name", async () => {
    for (const client of ["other", "__proto__", "constructor"]) {
      const verdict = await verdictOn({ ...trust, ...keycloak({ client }) }, claims);
      expect(verdict).toMatchObject({ principal: { roles: [] } });
    }
  });

  test("refresh, offline and ID tokens are refused", async () => {
    for (const typ of ["Refresh", "Offline", "ID"]) {
      const verdict = await verdictOn({ ...trust, ...keycloak() }, { ...claims, typ });
      expect(verdict).toMatchObject({ reason: "token_type_mismatch" });
    }
  });
});

describe("Auth0", () => {
  const issuer = "https://acme.eu.auth0.com/";
  const audience = "https://orders.example.com";
  const claims = {
    "https://acme.example/roles": ["manager"],
    iss: issuer,
    sub: "auth0|64b8f7c1e4b0a1d2c3e4f5a6",
    aud: [audience, "https://acme.eu.auth0.com/userinfo"],
    scope: "openid profile orders:read",
    azp: "6Qp0vFQf7Jc2mT1aZsXwY8LkNb3HdRgE",
    permissions: ["orders:read", "orders:refund"],
  };

  test("gives scopes, permissions, and roles from the claim of an Action", async () => {
    const options = { issuer, audience, ...auth0({ roles: "https://acme.example/roles" }) };
    expect(await verdictOn(options, claims, { typ: "JWT" })).toMatchObject({
      principal: {
        subject: "auth0|64b8f7c1e4b0a1d2c3e4f5a6",
        clientId: "6Qp0vFQf7Jc2mT1aZsXwY8LkNb3HdRgE",
        scopes: ["openid", "profile", "orders:read"],
        roles: ["manager"],
        permissions: ["orders:read", "orders:refund"],
      },
    });
  });

  test("gives no roles where no such claim is named, whatever the token has", async () => {
    const verdict = await verdictOn({ issuer, audience, ...auth0() }, { ...claims, roles: ["x"] });
    expect(verdict).toMatchObject({ principal: { roles: [] } });
  });

  test("a token of its RFC 9068 profile passes as one", async () => {
    const { azp, ...rest } = claims;
    const options = { issuer, audience, profile: "rfc9068", ...auth0() };
    const token = { ...rest, client_id: azp, jti: "qOi3oMDsGgKM6qZCDYS8xQ" };
    expect(await verdictOn(options, token, { typ: "at+jwt" })).toMatchObject({ kind: "accepted" });
    expect(await verdictOn(options, claims, { typ: "JWT" })).toMatchObject({ kind: "rejected" });
  });
});

describe("Microsoft Entra ID", () => {
  const tenant = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
  const issuer = `https://login.microsoftonline.com/${tenant}/v2.0`;
  const audience = "00001111-aaaa-2222-bbbb-3333cccc4444";
  const claims = {
    aud: audience,
    iss: issuer,
    nbf: now - 10,
    aio: "AXQAi/8TAAAAFm+E/QTG+gFnVxLjWdw8K+61AGrSOuMMF6ebaMj7XO3IbmD3fGmrOyD+NvZyGn2VaT/kDKXw4MIh",
    azp: "11112222-bbbb-3333-cccc-4444dddd5555",
    azpacr: "1",
    name: "Ada Lovelace",
    oid: "22223333-cccc-4444-dddd-5555eeee6666",
    preferred_username: "ada@example.com",
    rh: "0.ATgAfK3xqMCH3E2C8vXzUe_0VQ.",
    roles: ["Orders.Admin"],
    scp: "Orders.Read Orders.Write",
    sub: "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ",
    tid: tenant,
    uti: "fqiBqXLPj0eQa82S-IYFAA",
    ver: "2.0",
  };
  const options = { issuer, audience, ...entraId() };

  test("gives what a user delegated, and their app roles", async () => {
    expect(await verdictOn(options, claims, { typ: "JWT" })).toMatchObject({
      principal: {
        clientId: "11112222-bbbb-3333-cccc-4444dddd5555",
        scopes: ["Orders.Read", "Orders.Write"],
        roles: ["Orders.Admin"],
        permissions: [],
      },
    });
  });

  test("gives a service that acts for itself its app roles, and no scopes", async () => {
    const { scp, name, preferred_username, ...rest } = claims;
    const verdict = await verdictOn(options, { ...rest, idtyp: "app", scope: "Orders.Read" });
    expect(verdict).toMatchObject({ principal: { scopes: [], roles: ["Orders.Admin"] } });
  });
});

describe("Okta", () => {
  const issuer = "https://acme.okta.com/oauth2/default";
  const audience = "api://default";
  const claims = {
    ver: 1,
    jti: "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE",
    iss: issuer,
    aud: audience,
    cid: "0oabucvyc38HLL1ef0h7",
    uid: "00ujmkLgagxeRrAg20g3",
    scp: ["openid", "orders:read"],
    auth_time: now - 60,
    sub: "ada@example.com",
    groups: ["Everyone", "Orders admins"],
  };

  test("gives scopes from a list, and groups as roles", async () => {
    expect(await verdictOn({ issuer, audience, ...okta() }, claims)).toMatchObject({
      principal: {
        subject: "ada@example.com",
        scopes: ["openid", "orders:read"],
        roles: ["Everyone", "Orders admins"],
        permissions: [],
      },
    });
  });

  test("gives groups from a claim of another name", async () => {
    const options = { issuer, audience, ...okta({ groups: "orders_groups" }) };
    const verdict = await verdictOn(options, { ...claims, orders_groups: ["a"] });
    expect(verdict).toMatchObject({ principal: { roles: ["a"] } });
  });
});

describe("Amazon Cognito", () => {
  const issuer = "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_example";
  const claims = {
    sub: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    device_key: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    "cognito:groups": ["testgroup"],
    iss: issuer,
    version: 2,
    client_id: "1example23456789",
    origin_jti: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    event_id: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    token_use: "access",
    scope: "phone openid profile resourceserver.1/appclient2 email",
    auth_time: now - 60,
    jti: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    username: "my-test-user",
  };
  const options = { issuer, ...cognito({ clientId: "1example23456789" }) };

  test("gives groups as roles, to tokens of the app client", async () => {
    expect(await verdictOn(options, claims)).toMatchObject({
      principal: {
        subject: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        clientId: "1example23456789",
        scopes: ["phone", "openid", "profile", "resourceserver.1/appclient2", "email"],
        roles: ["testgroup"],
        authenticatedAt: now - 60,
      },
    });
  });

  test("tokens of another app client of the pool are refused", async () => {
    const verdict = await verdictOn(options, { ...claims, client_id: "other" });
    expect(verdict).toMatchObject({ reason: "client_mismatch" });
  });

  test("ID tokens are refused", async () => {
    const { client_id, ...rest } = claims;
    const idToken = { ...rest, aud: client_id, token_use: "id" };
    expect(await verdictOn(options, idToken)).toMatchObject({ reason: "token_type_mismatch" });
  });
});

describe("Google", () => {
  const issuer = "https://accounts.google.com";
  const audience = "https://orders.example.com";
  const claims = {
    aud: audience,
    azp: "112233445566778899001",
    email: "worker@acme.iam.gserviceaccount.com",
    email_verified: true,
    iss: issuer,
    sub: "112233445566778899001",
  };

  test("names a service account, which may do nothing by its token alone", async () => {
    const options = { issuer, audience, ...google() };
    const verdict = await verdictOn(
      options,
      { ...claims, roles: ["x"], scope: "y" },
      { typ: "JWT" },
    );
    expect(verdict).toMatchObject({
      principal: {
        subject: "112233445566778899001",
        clientId: "112233445566778899001",
        scopes: [],
        roles: [],
        permissions: [],
        claims: { email: "worker@acme.iam.gserviceaccount.com" },
      },
    });
  });

  test("the ID token of a user's login is refused", async () => {
    const options = { issuer, audience, ...google() };
    const verdict = await verdictOn(options, { ...claims, at_hash: "HK6E_P6Dh8Y93mRNtsDB1Q" });
    expect(verdict).toMatchObject({ reason: "token_type_mismatch" });
  });
});
