import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJsonObject } from "./strict-json.ts";

const parse = (text: string) => parseJsonObject(new TextEncoder().encode(text));

test("reads every object that JSON.stringify writes, as JSON.parse does", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(3), (object, spaces) => {
      const text = JSON.stringify(object, undefined, spaces);
      expect(parse(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 1000 },
  );
});

test("refuses every object in which a member stands twice, at any depth and in any spelling", () => {
  const spell = (name: string, escaped: boolean) =>
    escaped
      ? `"${Array.from({ length: name.length }, (_, at) => `\\u${name.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")}"`
      : JSON.stringify(name);
  fc.assert(
    fc.property(
      fc.string(),
      fc.jsonValue({ maxDepth: 1 }),
      fc.boolean(),
      fc.array(fc.boolean(), { maxLength: 5 }),
      (name, value, escaped, nesting) => {
        const text = JSON.stringify(value);
        const twice = `{${spell(name, false)}:${text},${spell(name, escaped)} : ${text}}`;
        const nested = nesting.reduce(
          (inner, array) => (array ? `[${inner}]` : `{"a":${inner}}`),
          twice,
        );
        expect(parse(`{"outer":${nested}}`)).toBeUndefined();
        expect(parse(`{"outer":${text}}`)).toBeDefined();
      },
    ),
    { numRuns: 1000 },
  );
});

test("never throws, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const object = parseJsonObject(bytes);
      expect(object === undefined || typeof object === "object").toBe(true);
    }),
  );
});
