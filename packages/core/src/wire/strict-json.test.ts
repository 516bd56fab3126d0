import fc from "fast-check";
import { describe, expect, test } from "vitest";
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

test("refuses what is no UTF-8, and a byte-order mark", () => {
  const open = [...new TextEncoder().encode('{"a":"')];
  const close = [...new TextEncoder().encode('"}')];
  const of = (...bytes: number[]) => parseJsonObject(Uint8Array.of(...open, ...bytes, ...close));
  expect(of(0xc3, 0xa4)).toEqual({ a: "\u00e4" });
  for (const bytes of [[0xff], [0xc3], [0xa4], [0xc0, 0xaf], [0xed, 0xa0, 0x80]]) {
    expect(of(...bytes)).toBeUndefined();
  }
  const text = new TextEncoder().encode('{"a":1}');
  expect(parseJsonObject(text)).toEqual({ a: 1 });
  expect(parseJsonObject(Uint8Array.of(0xef, 0xbb, 0xbf, ...text))).toBeUndefined();
});

test("never throws, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const object = parseJsonObject(bytes);
      expect(object === undefined || typeof object === "object").toBe(true);
    }),
  );
});

describe("what counts as a member named twice", () => {
  const rows: [text: string, isTaken: boolean][] = [
    ['{"a":1,"b":2}', true],
    ['{"a":1,"a":1}', false],
    ['{"a":{"b":1},"c":{"b":1}}', true],
    ['{"a":{"b":1},"a":{"b":1}}', false],
    ['{"a":[{"b":1},{"b":1}]}', true],
    ['{"a":[{"b":1,"b":1}]}', false],
    ['{"a":{"b":1,"b":2},"a":3}', false],
    ['{"__proto__":1,"constructor":2,"toString":3}', true],
    ['{"__proto__":{"a":1},"a":1}', true],
    ['{"__proto__":1,"__proto__":1}', false],
    ['{"":1}', true],
    ['{"":1,"":2}', false],
    ['{"a:":"b:c","d":":"}', true],
    ['{"a\\":":1,"a\\"":2}', true],
    ['{"a\\\\":1,"a":2}', true],
    ['{"a\\\\":1,"a\\\\":2}', false],
    ['{"\\u0061":1,"a":2}', false],
    ['{"é":1,"e\u0301":2}', true],
    ['{"é":1,"\\u00e9":2}', false],
    ['{ "a" \n:\t1 , "b"\r: {} }', true],
    ['{ "a" \n:\t1 , "a"\r: {} }', false],
    ['{"0":1,"1":2,"00":3}', true],
    ['{"0":1,"0":2}', false],
  ];
  for (const [text, isTaken] of rows) {
    test(`${text}: ${isTaken ? "none" : "one"}`, () => {
      expect(parse(text)).toEqual(isTaken ? JSON.parse(text) : undefined);
    });
  }
});

test("reads what nests as deep as a token can, and what is not used of prototypes is not there", () => {
  for (const [open, close] of [
    ["[", "]"],
    ['{"a":', "}"],
  ] as const) {
    const depth = Math.floor(12_000 / (open.length + close.length));
    expect(parse(`{"a":${open.repeat(depth)}1${close.repeat(depth)}}`)).toBeDefined();
    const twice = `{"a":${open.repeat(depth)}{"b":1,"b":1}${close.repeat(depth)}}`;
    expect(parse(twice)).toBeUndefined();
  }
  const polluted = Object.prototype as { inherited?: unknown };
  polluted.inherited = 1;
  try {
    expect(parse('{"a":[{}]}')).toBeDefined();
    expect(parse('{"a":1,"a":1}')).toBeUndefined();
  } finally {
    delete polluted.inherited;
  }
});

test("is frozen, all the way down", () => {
  const value = parse('{"a":{"b":[{"c":1}]}}') as { a: { b: { c: number }[] } };
  for (const part of [value, value.a, value.a.b, value.a.b[0]]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});
