import { expect, it } from "vitest";
import { createClientKit, redirectUri, secret } from "./client.fixture.ts";

const alone = {
  ...{ response_type: undefined, redirect_uri: undefined, scope: undefined, state: undefined },
  ...{ code_challenge: undefined, code_challenge_method: undefined },
};

it("a request is pushed, and good for one visit (RFC 9126 §2.2)", async () => {
  const { post, request, authorize } = await createClientKit();
  const { status, body } = await post("/par", request);
  expect([status, body]).toEqual([
    201,
    {
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:/),
      expires_in: 60,
    },
  ]);
  const visit = { ...alone, request_uri: String(body.request_uri) };
  expect(await authorize(visit)).toMatchObject({ to: redirectUri, state: "a state" });
  expect(await authorize(visit)).toMatchObject({ status: 400, error: "invalid_request_uri" });
});

it("what stands beside a request_uri does not count", async () => {
  const { post, request, authorize } = await createClientKit();
  const { body } = await post("/par", request);
  const request_uri = String(body.request_uri);
  expect(await authorize({ redirect_uri: "https://evil.test/", request_uri })).toMatchObject({
    to: redirectUri,
  });
});

it("another client's, an old and an unknown one are refused", async () => {
  const { issuer, post, request, authorize } = await createClientKit();
  const push = async () => String((await post("/par", request)).body.request_uri);
  const refused = { status: 400, error: "invalid_request_uri" };
  const request_uri = await push();
  expect(await authorize({ ...alone, client_id: "other", request_uri })).toMatchObject(refused);
  expect(await authorize({ ...alone, request_uri: "urn:x" })).toMatchObject(refused);
  const old = await push();
  issuer.clock.advance("60s");
  expect(await authorize({ ...alone, request_uri: old })).toMatchObject(refused);
});

it("what is wrong is said before the user is sent anywhere", async () => {
  const { post, request } = await createClientKit();
  for (const [changes, status, error] of [
    [{ redirect_uri: "https://evil.test/" }, 400, "invalid_request"],
    [{ code_challenge: "" }, 400, "invalid_request"],
    [{ response_type: "token" }, 400, "unsupported_response_type"],
    [{ request_uri: "urn:x" }, 400, "invalid_request"],
    [{ client_id: "" }, 401, "invalid_client"],
    [{ client_id: "service" }, 401, "invalid_client"],
    [{ client_id: "service", client_secret: secret }, 201, undefined],
  ] as const) {
    const answer = await post("/par", { ...request, ...changes });
    expect([answer.status, answer.body.error]).toEqual([status, error]);
  }
});
