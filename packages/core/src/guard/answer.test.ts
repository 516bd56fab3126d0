import { expect, test } from "vitest";
import { toAnswer } from "./answer.ts";
import { keysUnavailable, storeUnavailable } from "./outages.ts";
import {
  bodyTooLarge,
  credentialConflict,
  roleMissing,
  scopeMissing,
  tokenExpired,
  tooManyFailures,
} from "./refusals.ts";
import { rejected, unavailable } from "./verdict.ts";

const fixed: [string, string][] = [
  ["cache-control", "no-store"],
  ["content-type", "application/problem+json"],
];

test("401, byte for byte (RFC 9457)", () => {
  const challenges = [{ scheme: "Bearer", params: { error: "invalid_token" } }];
  expect(toAnswer({ ...rejected(tokenExpired), challenges })).toEqual({
    status: 401,
    headers: [...fixed, ["www-authenticate", 'Bearer error="invalid_token"']],
    body: '{"type":"about:blank","title":"Unauthorized","status":401,"detail":"The access token has expired","error":"invalid_token","reason":"token_expired"}',
  });
});

test("400, byte for byte", () => {
  expect(toAnswer(rejected(credentialConflict))).toEqual({
    status: 400,
    headers: fixed,
    body: '{"type":"about:blank","title":"Bad Request","status":400,"detail":"The request carries more than one credential; send one","error":"invalid_request","reason":"credential_conflict"}',
  });
});

test("403 names the scopes, byte for byte", () => {
  const demand = { scope: ["orders:read", "orders:write"] };
  expect(toAnswer(rejected(scopeMissing, { demand }))).toEqual({
    status: 403,
    headers: fixed,
    body: '{"type":"about:blank","title":"Forbidden","status":403,"detail":"The credential lacks a scope that this resource needs","error":"insufficient_scope","reason":"scope_missing","scope":"orders:read orders:write"}',
  });
});

test("403 without an OAuth error, byte for byte", () => {
  expect(toAnswer(rejected(roleMissing))).toEqual({
    status: 403,
    headers: fixed,
    body: '{"type":"about:blank","title":"Forbidden","status":403,"detail":"The caller lacks a role that this resource needs","reason":"role_missing"}',
  });
});

test("503 says when to try again, and never challenges", () => {
  expect(toAnswer(unavailable(keysUnavailable, { retryAfter: 12 }))).toEqual({
    status: 503,
    headers: [...fixed, ["retry-after", "12"]],
    body: '{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The keys to check the access token with cannot be had now","reason":"keys_unavailable"}',
  });
});

test("413 and 429 have their titles, and fields of their own follow the others", () => {
  const refused = rejected(tooManyFailures, { headers: [["retry-after", "7"]] });
  expect(toAnswer(refused)).toEqual({
    status: 429,
    headers: [...fixed, ["retry-after", "7"]],
    body: '{"type":"about:blank","title":"Too Many Requests","status":429,"detail":"Too many attempts have failed; wait before the next one","reason":"too_many_failures"}',
  });
  expect(JSON.parse(toAnswer(rejected(bodyTooLarge)).body)).toMatchObject({
    title: "Content Too Large",
    status: 413,
  });
});

test("details, causes and scheme names stay on this side", () => {
  const details = { expected: "planted", found: "planted" };
  const answers = [
    toAnswer(rejected(tokenExpired, { details, scheme: "planted" })),
    toAnswer(unavailable(storeUnavailable, { cause: new Error("planted") })),
  ];
  expect(JSON.stringify(answers)).not.toContain("planted");
});
