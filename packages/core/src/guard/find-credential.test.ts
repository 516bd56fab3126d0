import { describe, expect, test } from "vitest";
import { findCredential, inFindingOrder } from "./find-credential.ts";
import { createPrincipal } from "./principal.ts";
import { passwordInvalid, tokenMalformed } from "./refusals.ts";
import { requestOf, withAuthorization } from "./request.fixture.ts";
import type { Scheme } from "./scheme.ts";
import { accepted, rejected } from "./verdict.ts";

/** A scheme that takes what it is told to and accepts it. */
function scheme(
  name: string,
  takes: { bearer?: Scheme["bearer"]; value?: RegExp; auth?: string; header?: string },
): Scheme {
  const { bearer, value = /^/, auth, header } = takes;
  const attempt = (location: string) => ({
    location,
    verify: () => accepted(createPrincipal({ scheme: name })),
  });
  return {
    name,
    takes: [],
    bearer,
    find(request, authorization) {
      if (header && request.header(header) !== undefined) return attempt(`header ${header}`);
      const wanted = auth ?? (bearer && "bearer");
      if (authorization === undefined || authorization.scheme !== wanted) return undefined;
      if (value.test(authorization.value)) return attempt("authorization");
      return bearer && rejected(tokenMalformed, { authScheme: "Bearer" });
    },
    challenges: () => [],
    describe: () => [],
  };
}

const prefixed = scheme("prefixed", { bearer: "prefix", value: /^key_/ });
const shaped = scheme("shaped", { bearer: "shape", value: /^eyJ/ });
const fallback = scheme("fallback", { bearer: "fallback" });
const basic = scheme("basic", { auth: "basic" });
const header = scheme("header", { header: "x-api-key" });
const broken: Scheme = {
  ...scheme("broken", { auth: "broken" }),
  find: (_, authorization) =>
    authorization?.scheme === "broken" ? rejected(passwordInvalid) : undefined,
};

function find(schemes: Scheme[], request = requestOf()) {
  const found = findCredential(inFindingOrder(schemes), request);
  return found && "attempt" in found ? found.scheme.name : found?.reason;
}

describe("a Bearer token goes to the scheme that knows it best", () => {
  const orders = [
    [prefixed, shaped, fallback, basic],
    [fallback, basic, shaped, prefixed],
    [basic, fallback, prefixed, shaped],
  ];
  for (const schemes of orders) {
    test(schemes.map(({ name }) => name).join(", "), () => {
      expect(find(schemes, withAuthorization("Bearer key_abc"))).toBe("prefixed");
      expect(find(schemes, withAuthorization("Bearer eyJabc"))).toBe("shaped");
      expect(find(schemes, withAuthorization("Bearer opaque"))).toBe("fallback");
      expect(find(schemes, withAuthorization("Basic abc"))).toBe("basic");
    });
  }

  test("and to none of the others, should that one be absent", () => {
    expect(find([prefixed, basic], withAuthorization("Bearer eyJabc"))).toBe("token_malformed");
    expect(find([shaped, basic], withAuthorization("Bearer key_abc"))).toBe("token_malformed");
  });
});

describe("no credential of ours", () => {
  const schemes = [prefixed, shaped, basic, header];
  const rows: [what: string, field: string | undefined, expected: string | undefined][] = [
    ["no field at all", undefined, undefined],
    ["a scheme that nobody takes", "Digest a=b", "scheme_not_admitted"],
    ["a scheme without value", "Negotiate", "scheme_not_admitted"],
    ["a Bearer token that nobody knows", "Bearer opaque", "token_malformed"],
    ["Bearer without a token", "Bearer", "token_malformed"],
    ["a field that cannot be read", "Bearer\0abc", "credential_malformed"],
    ["an empty field", "", "credential_malformed"],
    ["two fields", "Bearer eyJabc, Bearer eyJabc", "credential_malformed"],
    ["two fields of two schemes", "Basic abc, Bearer eyJabc", "credential_malformed"],
  ];
  for (const [what, field, expected] of rows) {
    test(`${what}: ${expected}`, () =>
      expect(find(schemes, withAuthorization(field))).toBe(expected));
  }

  test("where nobody takes Bearer, a Bearer token is of a scheme not admitted", () => {
    expect(find([basic, header], withAuthorization("Bearer opaque"))).toBe("scheme_not_admitted");
  });

  test("a malformed Bearer token is explained by the scheme of JWTs", () => {
    for (const all of [
      [prefixed, shaped],
      [shaped, prefixed],
    ]) {
      const found = findCredential(inFindingOrder(all), withAuthorization("Bearer opaque"));
      expect(found).toMatchObject({ reason: "token_malformed", scheme: "shaped" });
    }
    const found = findCredential([prefixed], withAuthorization("Bearer opaque"));
    expect(found).toMatchObject({ reason: "token_malformed", scheme: "prefixed" });
  });

  test("two Authorization lines of a Fetch request", () => {
    const lines: [string, string][] = [
      ["authorization", "Bearer eyJabc"],
      ["authorization", "Basic abc"],
    ];
    expect(find(schemes, requestOf(lines))).toBe("credential_malformed");
  });
});

describe("one credential, or a conflict", () => {
  const schemes = [shaped, basic, header, broken, scheme("other", { header: "x-other" })];
  const rows: [what: string, headers: Record<string, string>, expected: string][] = [
    ["one in a header", { "x-api-key": "k" }, "header"],
    ["two headers", { "x-api-key": "k", "x-other": "k" }, "credential_conflict"],
    ["a token and a key", { authorization: "Bearer eyJ", "x-api-key": "k" }, "credential_conflict"],
    ["a key and a password", { authorization: "Basic a", "x-api-key": "k" }, "credential_conflict"],
    [
      "a key beside a scheme that nobody takes",
      { authorization: "Digest a=b", "x-api-key": "k" },
      "credential_conflict",
    ],
    [
      "a key beside a malformed token",
      { authorization: "Bearer opaque", "x-api-key": "k" },
      "credential_conflict",
    ],
    [
      "a key beside an unreadable field",
      { authorization: "=", "x-api-key": "k" },
      "credential_malformed",
    ],
    ["a refusal of a scheme's own", { authorization: "Broken x" }, "password_invalid"],
    [
      "the same beside a key",
      { authorization: "Broken x", "x-api-key": "k" },
      "credential_conflict",
    ],
  ];
  for (const [what, headers, expected] of rows) {
    test(`${what}: ${expected}`, () => expect(find(schemes, requestOf(headers))).toBe(expected));
  }

  test("a refusal carries the name of its scheme", () => {
    expect(findCredential(schemes, withAuthorization("Broken x"))).toMatchObject({
      scheme: "broken",
    });
  });
});

describe("what browsers send unasked, and what cannot be read, without an Authorization field", () => {
  const cookie: Scheme = {
    ...scheme("cookie", {}),
    find: (request) =>
      request.header("cookie") === undefined
        ? undefined
        : { location: "cookie", yields: true, verify: () => rejected(passwordInvalid) },
  };
  const unreadable: Scheme = {
    ...scheme("unreadable", {}),
    find: (request) =>
      request.header("x-unreadable") === undefined ? undefined : rejected(passwordInvalid),
  };
  const schemes = [cookie, unreadable, header, shaped];
  const rows: [what: string, headers: Record<string, string>, expected: string | undefined][] = [
    ["a cookie alone", { cookie: "c" }, "cookie"],
    ["a cookie yields to a key", { cookie: "c", "x-api-key": "k" }, "header"],
    ["and to a token", { cookie: "c", authorization: "Bearer eyJ" }, "shaped"],
    [
      "and to a scheme that nobody takes",
      { cookie: "c", authorization: "X a" },
      "scheme_not_admitted",
    ],
    ["what cannot be read is refused", { "x-unreadable": "" }, "password_invalid"],
    ["beside a cookie too", { "x-unreadable": "", cookie: "c" }, "password_invalid"],
    [
      "and beside a key it is a conflict",
      { "x-unreadable": "", "x-api-key": "k" },
      "credential_conflict",
    ],
    [
      "and beside a token",
      { "x-unreadable": "", authorization: "Bearer eyJ" },
      "credential_conflict",
    ],
  ];
  for (const [what, headers, expected] of rows) {
    test(`${what}: ${expected}`, () => expect(find(schemes, requestOf(headers))).toBe(expected));
  }
});
