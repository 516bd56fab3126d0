import { inspect } from "node:util";
import { expect, test } from "vitest";
import { createSlot } from "#slot";

test("keeps one value an object, frozen ones and functions too", () => {
  const slot = createSlot<string>();
  const objects = [{}, Object.freeze({}), () => {}, new Proxy({}, {}), Object.create(null)];
  for (const [at, object] of objects.entries()) slot.set(object, `value ${at}`);
  expect(objects.map((object) => slot.get(object))).toEqual(objects.map((_, at) => `value ${at}`));
  slot.set(objects[0], "another");
  expect(slot.get(objects[0])).toBe("another");
});

test("knows nothing of other objects, copies, and what inherits", () => {
  const slot = createSlot<string>();
  const object = { a: 1 };
  slot.set(object, "marked");
  expect(createSlot<string>().get(object)).toBeUndefined();
  expect(slot.get({ ...object })).toBeUndefined();
  expect(slot.get(structuredClone(object))).toBeUndefined();
  expect(slot.get(Object.create(object))).toBeUndefined();
});

test("shows in nothing", () => {
  const object = { a: 1 };
  createSlot<string>().set(object, "marked");
  expect(Reflect.ownKeys(object)).toEqual(["a"]);
  expect(inspect(object, { showHidden: true, depth: 9 }) + JSON.stringify(object)).not.toContain(
    "marked",
  );
});
