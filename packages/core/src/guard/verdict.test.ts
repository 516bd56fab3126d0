import { describe, expect, test } from "vitest";
import { storeUnavailable } from "./outages.ts";
import { createPrincipal } from "./principal.ts";
import { scopeMissing, tokenExpired } from "./refusals.ts";
import { accepted, rejected, unavailable, wrong } from "./verdict.ts";

test("accepted lets a principal in, with the fields for the answer", () => {
  const principal = createPrincipal({ scheme: "badge", subject: "ada" });
  const headers = [["dpop-nonce", "n"]] as const;
  expect(accepted(principal, headers)).toEqual({ kind: "accepted", principal, headers });
  expect(accepted(principal).headers).toBeUndefined();
});

test("rejected says what belongs to the reason, and what else is given", () => {
  expect(rejected(tokenExpired)).toEqual({ kind: "rejected", ...tokenExpired, challenges: [] });
  const more = { scheme: "badge", authScheme: "DPoP", demand: { scope: ["a"] } } as const;
  expect(rejected(scopeMissing, more)).toEqual({
    kind: "rejected",
    ...scopeMissing,
    challenges: [],
    ...more,
  });
});

test("unavailable says when to try again, and what went wrong", () => {
  const cause = new Error("down");
  const verdict = { kind: "unavailable", ...storeUnavailable };
  expect(unavailable(storeUnavailable)).toEqual({ ...verdict, retryAfter: 5 });
  const more = { retryAfter: 10, cause };
  expect(unavailable(storeUnavailable, more)).toEqual({ ...verdict, ...more });
});

describe("details, which end up in logs and terminals,", () => {
  const detailsOf = (found: unknown) => wrong(tokenExpired, "expected", found).details;

  test("say what was found, whatever it is, and that it was nothing", () => {
    const rows: [found: unknown, text: string][] = [
      ["text", "text"],
      [5, "5"],
      [undefined, "undefined"],
      ["", "none"],
    ];
    for (const [found, text] of rows)
      expect(detailsOf(found)).toEqual({ expected: "expected", found: text });
    expect(rejected(tokenExpired, { details: {} }).details).toEqual({
      expected: "",
      found: "none",
    });
  });

  test("are 300 characters at most, with no character that could write elsewhere", () => {
    expect(detailsOf("x".repeat(301))?.found).toBe("x".repeat(300));
    for (const character of ["\u001b", "\n", "\u202e", "\u2028", "\u2029", "\ud800", "\u00ad"]) {
      expect(detailsOf(`a${character}b${character}c`)?.found).toBe("a\ufffdb\ufffdc");
    }
    const hostile = rejected(tokenExpired, { details: { expected: `${"x".repeat(299)}\nyy` } });
    expect(hostile.details?.expected).toBe(`${"x".repeat(299)}\ufffd`);
  });
});
