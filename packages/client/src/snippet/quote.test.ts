import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyText, hostile, unseen } from "./hostile-text.fixture.ts";
import { fitsShell, quotePython, quoteScript, quoteShell } from "./quote.ts";

const generated = fc.sample(anyText, { numRuns: 2000, seed: 1 });
const texts = [...hostile, ...unseen, "", ...generated];
const python = "/usr/bin/python3";

test("a shell reads each text as it was, and the variable after it", () => {
  const fitting = texts.filter((text) => fitsShell(text));
  expect(fitting.length).toBeGreaterThan(100);
  for (const shell of ["sh", "bash"]) {
    const words = fitting.flatMap((text) => [quoteShell(text), quoteShell(text, "SECRET")]);
    const output = execFileSync(shell, {
      input: `printf '%s\\0' ${words.join(" ")}`,
      env: { SECRET: "'$(a)\" *" },
    });
    const expected = fitting.flatMap((text) => [text, `${text}'$(a)" *`]);
    expect(output.toString().split("\0").slice(0, -1)).toEqual(expected);
  }
});

test("JavaScript reads each text as it was", () => {
  const list = `[${texts.map(quoteScript).join()}]`;
  expect(new Function(`return ${list}`)()).toEqual(texts);
});

describe.skipIf(!existsSync(python))(
  "with Python (needs /usr/bin/python3: apt-get install -y python3)",
  () => {
    test("Python reads each text as it was", () => {
      const code = `import json; print(json.dumps([${texts.map(quotePython).join()}]))`;
      expect(JSON.parse(execFileSync(python, { input: code }).toString())).toEqual(texts);
    });
  },
);

test.each(unseen)("%j is escaped, or no word of a shell", (text) => {
  expect(fitsShell(text)).toBe(false);
  const seen = /^[\x20-\x7e]*$/;
  expect(quoteScript(text)).toMatch(seen);
  expect(quotePython(text)).toMatch(seen);
});
