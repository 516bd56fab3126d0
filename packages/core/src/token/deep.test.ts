import { describe, expect, test } from "vitest";
import { copyDeep, freezeDeep } from "./deep.ts";

const claims = () => ({ a: [{ b: { c: [1, "text", null, true] } }], none: null, text: "text" });

describe("copyDeep", () => {
  test("gives what is equal, and can be changed at any depth without changing the original", () => {
    const original = freezeDeep(claims());
    const copy = copyDeep(original);
    expect(copy).toEqual(original);
    copy.a[0]?.b.c.push(2);
    Object.assign(copy.a[0] as object, { b: 3 });
    copy.a.pop();
    copy.text = "another";
    expect(original).toEqual(claims());
  });

  test("keeps an array an array, and a name that every object has a name", () => {
    const original = JSON.parse('{"__proto__":{"a":[1]},"list":[[],{}]}') as object;
    expect(JSON.stringify(copyDeep(original))).toBe(JSON.stringify(original));
    expect(copyDeep([1, [2]])).toEqual([1, [2]]);
  });
});

describe("freezeDeep", () => {
  test("freezes objects and arrays at any depth, those without a prototype too", () => {
    const bare: { inner?: object } = Object.create(null);
    bare.inner = { list: [] };
    const value = freezeDeep({ ...claims(), bare });
    for (const part of [value, value.a, value.a[0], value.a[0]?.b.c, bare, bare.inner]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(Object.isFrozen(Reflect.get(bare.inner, "list"))).toBe(true);
  });

  test("leaves alone what is somebody else's to change", () => {
    const others = { call: () => {}, at: new Date(0), map: new Map(), error: new Error("one") };
    freezeDeep(others);
    for (const each of Object.values(others)) expect(Object.isFrozen(each)).toBe(false);
  });
});
