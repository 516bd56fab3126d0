import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { createCsrfTokens } from "./csrf-tokens.ts";

const secret = "0123456789abcdef0123456789abcdef";
const csrf = createCsrfTokens(secret);

describe("CSRF tokens", () => {
  it("hold for their session, in every process that shares the secret", async () => {
    const token = await csrf.issue("session-1");
    expect(await csrf.verify(token, "session-1")).toBe(true);
    expect(await createCsrfTokens(secret).verify(token, "session-1")).toBe(true);
  });

  it("differ each time", async () => {
    expect(await csrf.issue("s")).not.toBe(await csrf.issue("s"));
  });

  it("do not hold for another session, under another secret, or changed", async () => {
    const token = await csrf.issue("session-1");
    expect(await csrf.verify(token, "session-2")).toBe(false);
    expect(await createCsrfTokens(`${secret}x`).verify(token, "session-1")).toBe(false);
    for (const at of [0, 10, 22, 23, 40]) {
      const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
      expect(await csrf.verify(changed, "session-1")).toBe(false);
    }
    for (const longer of [`A${token}`, `${token}A`, `A.${token}`, `${token}.A`]) {
      expect(await csrf.verify(longer, "session-1")).toBe(false);
    }
  });

  it.each(["", ".", "a.b", "x".repeat(66), `${"x".repeat(22)}.${"y".repeat(44)}`, "\u0000"])(
    "are refused without an error when they are none: %j",
    async (token) => {
      expect(await csrf.verify(token, "session-1")).toBe(false);
    },
  );

  it("need a secret of 32 bytes, and do not show it", () => {
    expect(() => createCsrfTokens("short")).toThrow(ConfigurationError);
    expect(inspect(csrf, { depth: Number.POSITIVE_INFINITY })).not.toContain(secret);
  });
});
