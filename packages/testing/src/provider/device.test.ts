import { decodeJwt } from "jose";
import { expect, it } from "vitest";
import { createClientKit, grantOfDevices, secret } from "./client.fixture.ts";
import type { DeviceScript } from "./device.ts";
import type { LoginScript } from "./login.ts";

async function setUp(device?: DeviceScript, login?: LoginScript) {
  const kit = await createClientKit({ ...(device && { device }), ...(login && { login }) });
  const { body } = await kit.post("/device_authorization", { client_id: "app", scope: "read" });
  const started = body as Record<string, string>;
  const poll = async (changes: Record<string, string> = {}) => {
    const device_code = started.device_code ?? "";
    const form = { grant_type: grantOfDevices, client_id: "app", device_code, ...changes };
    const { body: answer } = await kit.post("/token", form);
    return answer;
  };
  const visit = async (user_code: string | undefined) => {
    const query = user_code === undefined ? "" : `?user_code=${user_code}`;
    return (await kit.issuer.fetch(`${started.verification_uri}${query}`)).status;
  };
  return { ...kit, started, poll, visit };
}

it("is told where the user is to go (RFC 8628 §3.2)", async () => {
  const { issuer, started } = await setUp();
  expect(started).toEqual({
    device_code: expect.stringMatching(/^[\w-]{32}$/),
    user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
    verification_uri: `${issuer.url}/device`,
    verification_uri_complete: `${issuer.url}/device?user_code=${started.user_code}`,
    expires_in: 600,
    interval: 5,
  });
});

it("is slowed down, then kept waiting, then logged in, once", async () => {
  const { poll } = await setUp({ slowDown: 1, pending: 2 });
  expect(await poll()).toMatchObject({ error: "slow_down" });
  expect(await poll()).toMatchObject({ error: "authorization_pending" });
  expect(await poll()).toMatchObject({ error: "authorization_pending" });
  const answer = await poll();
  expect(decodeJwt(String(answer.access_token))).toMatchObject({ sub: "ada", scope: "read" });
  expect(await poll()).toMatchObject({ error: "expired_token" });
});

it("waits no longer once the user has been there", async () => {
  const { poll, visit, started } = await setUp({ pending: 1000 });
  expect(await poll()).toMatchObject({ error: "authorization_pending" });
  expect([await visit(undefined), await visit("AAAA-AAAA")]).toEqual([400, 404]);
  expect(await visit(started.device_code)).toBe(404);
  expect(await visit(started.user_code)).toBe(200);
  expect(await poll()).toMatchObject({ token_type: "Bearer" });
});

it("is told that the user said no, and asks in vain from then on", async () => {
  const { poll } = await setUp({}, () => "deny");
  expect(await poll()).toMatchObject({ error: "access_denied" });
  expect(await poll()).toMatchObject({ error: "expired_token" });
});

it("asks a scripted user once, however it is polled", async () => {
  const asked: string[] = [];
  const { poll, visit, started } = await setUp({}, ({ kind }) => {
    asked.push(kind);
    return { subject: "eve" };
  });
  await visit(started.user_code);
  await poll();
  expect(asked).toEqual(["device"]);
});

it("gives nothing for a code that is expired, unknown, the user's, or another client's", async () => {
  const { issuer, poll, started } = await setUp();
  expect(await poll({ client_id: "other" })).toMatchObject({ error: "invalid_grant" });
  for (const device_code of ["x", "", started.user_code ?? ""]) {
    expect(await poll({ device_code })).toMatchObject({ error: "expired_token" });
  }
  issuer.clock.advance("10m");
  expect(await poll()).toMatchObject({ error: "expired_token" });
});

it("needs a client, and one that proves who it is", async () => {
  const { post } = await setUp();
  const start = (form: Record<string, string>) => post("/device_authorization", form);
  expect(await start({})).toMatchObject({ status: 401, body: { error: "invalid_client" } });
  expect(await start({ client_id: "nobody" })).toMatchObject({ status: 401 });
  expect(await start({ client_id: "service" })).toMatchObject({ status: 401 });
  expect(await start({ client_id: "service", client_secret: secret })).toMatchObject({
    status: 200,
  });
});
