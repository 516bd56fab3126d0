import { toSecret } from "@countersign/core/wire";
import { expect, test } from "vitest";
import { standingClock } from "../../fixtures/clock.ts";
import { fakeIssuer, refusal, tokens } from "../../fixtures/fake-issuer.ts";
import { tokenExchange } from "./token-exchange.ts";

const client = { clientId: "orders", clientSecret: "secret" };

test("asks as RFC 8693 §2.1 says, renews, and keeps subjects apart", async () => {
  const { issuer, fetch, forms } = fakeIssuer(({ form }, nth) =>
    tokens(`${form.subject_token}-${nth}`, { issued_token_type: "access_token" }),
  );
  const clock = standingClock();
  const audience = "https://stock.example.com";
  const exchange = tokenExchange({
    ...client,
    issuer,
    fetch,
    clock,
    audience,
    scope: "stock:read",
  });
  const [ada, bob] = [exchange.for("ada"), exchange.for(toSecret("bob"))];
  const values = await Promise.all([ada.token(), ada.token(), bob.token()]);
  expect(values.map(({ value }) => value.reveal()).sort()).toEqual(["ada-1", "ada-1", "bob-2"]);
  clock.advance(3600);
  expect((await ada.token()).value.reveal()).toBe("ada-3");
  expect(forms[0]?.form).toEqual({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: "ada",
    subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
    requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
    audience,
    scope: "stock:read",
  });
  // One discovery for all of them.
  expect(fetch.requests.filter(({ method }) => method === "GET")).toHaveLength(1);
});

test("a subject that is not taken any more is an error of that source alone", async () => {
  const { issuer, fetch } = fakeIssuer(({ form }) =>
    form.subject_token === "bad" ? refusal("invalid_request") : tokens("token"),
  );
  const subjectTokenType = "urn:ietf:params:oauth:token-type:jwt";
  const exchange = tokenExchange({ ...client, issuer, fetch, subjectTokenType });
  await expect(exchange.for("bad").token()).rejects.toMatchObject({
    code: "token_request_failed",
    oauthError: "invalid_request",
  });
  expect(await exchange.for("good").token()).toMatchObject({ type: "bearer" });
});

test("what is issued must be a token that can be presented (RFC 8693 §2.2.1)", async () => {
  const { issuer, fetch } = fakeIssuer(() => tokens("marked-secret", { token_type: "N_A" }));
  const source = tokenExchange({ ...client, issuer, fetch }).for("ada");
  await expect(source.token()).rejects.toMatchObject({ code: "token_request_failed" });
});
