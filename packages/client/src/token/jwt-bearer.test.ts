import { ConfigurationError, toSecret } from "@countersign/core/wire";
import { expect, test } from "vitest";
import { standingClock } from "../../fixtures/clock.ts";
import { fakeIssuer, tokens } from "../../fixtures/fake-issuer.ts";
import { jwtBearer } from "./jwt-bearer.ts";

const type = "urn:ietf:params:oauth:grant-type:jwt-bearer";

test("presents a new assertion for each token (RFC 7523 §2.1), and neither id nor secret", async () => {
  const { issuer, fetch, forms } = fakeIssuer((_, nth) => tokens(`token-${nth}`));
  const clock = standingClock();
  let made = 0;
  const assertion = async () => toSecret(`assertion-${++made}`);
  const source = jwtBearer({ issuer, fetch, clock, assertion, scope: "orders:read" });
  await Promise.all([source.token(), source.token()]);
  clock.advance(3600);
  expect((await source.token()).value.reveal()).toBe("token-2");
  expect(forms.map(({ form }) => form)).toEqual([
    { grant_type: type, assertion: "assertion-1", scope: "orders:read" },
    { grant_type: type, assertion: "assertion-2", scope: "orders:read" },
  ]);
  expect(forms[0]?.headers.get("authorization")).toBeNull();
});

test("names and proves the client where that is wanted", async () => {
  const { issuer, fetch, forms } = fakeIssuer(() => tokens("token"));
  const options = { issuer, fetch, assertion: () => "assertion" };
  await jwtBearer({ ...options, clientId: "app" }).token();
  await jwtBearer({ ...options, clientId: "app", clientSecret: "secret" }).token();
  expect(forms[0]?.form).toEqual({ grant_type: type, assertion: "assertion", client_id: "app" });
  expect(forms[1]?.headers.get("authorization")).toBe(`Basic ${btoa("app:secret")}`);
});

test("what making the assertion throws is the error", async () => {
  const { issuer, fetch, forms } = fakeIssuer(() => tokens("token"));
  const failure = new Error("no key");
  const source = jwtBearer({ issuer, fetch, assertion: () => Promise.reject(failure) });
  await expect(source.token()).rejects.toBe(failure);
  expect(forms).toHaveLength(0);
});

test("refuses a secret without an id at start", () => {
  const options = {
    issuer: "https://id.example.com",
    assertion: () => "a",
    clientSecret: "secret",
  };
  expect(() => jwtBearer(options)).toThrow(ConfigurationError);
});
