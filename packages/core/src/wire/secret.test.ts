import { format, inspect } from "node:util";
import { expect, test } from "vitest";
import { toSecret } from "./secret.ts";

const secret = toSecret("planted");

test("gives its text to who asks for it", () => {
  expect(secret.reveal()).toBe("planted");
  expect(toSecret(secret)).toBe(secret);
  expect(toSecret("").reveal()).toBe("");
});

const shows: [how: string, shown: string][] = [
  ["inspect", inspect(secret)],
  ["inspect within an object", inspect({ password: secret })],
  ["inspect at any depth", inspect([[[secret]]], { depth: Infinity, showHidden: true })],
  ["inspect without custom ways", inspect(secret, { customInspect: false, showHidden: true })],
  ["format %s", format("%s", secret)],
  ["format %o", format("%o", secret)],
  ["format %j", format("%j", secret)],
  ["JSON", JSON.stringify(secret)],
  ["JSON within an object", JSON.stringify({ password: secret })],
  ["a template", `${secret}`],
  ["concatenation", "a".concat(secret as never)],
  ["addition", add(secret, "a")],
  ["String", String(secret)],
  ["join", [secret].join()],
  ["entries", JSON.stringify(Object.entries(secret))],
  ["a spread", JSON.stringify({ ...secret })],
  ["an error message", new Error(secret as never).message],
  ["a URL", new URLSearchParams({ secret: secret as never }).toString()],
];
for (const [how, shown] of shows) {
  test(`${how} does not show it`, () => expect(shown).not.toContain("planted"));
}

test("says that it is there and not shown", () => {
  expect(`${secret}`).toBe("[redacted]");
  expect(JSON.stringify({ password: secret })).toBe('{"password":"[redacted]"}');
  expect(inspect({ password: secret })).toBe("{ password: [redacted] }");
});

test("cannot be changed", () => {
  expect(() => Object.assign(secret, { reveal: () => "other" })).toThrow(TypeError);
});

function add(a: unknown, b: string): string {
  return (a as string) + b;
}
