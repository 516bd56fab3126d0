import { expect, it } from "vitest";
import { createTestIssuer } from "../issuer/create-test-issuer.ts";

function setUp() {
  const users = [{ subject: "ada", claims: { name: "Ada", sub: "not her" } }];
  const issuer = createTestIssuer({ users });
  const ask = (headers: Record<string, string> = {}) =>
    issuer.fetch(`${issuer.url}/userinfo`, { headers });
  return { issuer, ask };
}

it("says who it is, and sub is the token's", async () => {
  const { issuer, ask } = setUp();
  const answer = await ask(await issuer.authorize({ subject: "ada", scope: "openid" }));
  expect(await answer.json()).toEqual({ name: "Ada", sub: "ada" });
  const stranger = await ask(await issuer.authorize({ subject: "eve", scope: "openid" }));
  expect(await stranger.json()).toEqual({ sub: "eve" });
});

it("takes a bound token with its proof alone", async () => {
  const { issuer, ask } = setUp();
  const target = { method: "GET", url: `${issuer.url}/userinfo` };
  const headers = await issuer.authorizeWithProof(target, { scope: "openid" });
  expect((await ask(headers)).status).toBe(200);
  const stolen = headers.authorization.replace("DPoP", "Bearer");
  expect((await ask({ authorization: stolen })).status).toBe(401);
});

it("refuses all others as any API does", async () => {
  const { issuer, ask } = setUp();
  const { access_token } = await issuer.issue({ subject: "ada", scope: "openid" });
  const authorization = `Bearer ${access_token}`;
  expect((await ask({ authorization })).status).toBe(200);
  await issuer.revoke(access_token);
  expect((await ask({ authorization })).status).toBe(401);
  expect((await ask()).status).toBe(401);
  expect((await ask(await issuer.authorize({ expiresIn: -60, scope: "openid" }))).status).toBe(401);
  expect((await ask(await issuer.authorize({ scope: "read" }))).status).toBe(403);
});
