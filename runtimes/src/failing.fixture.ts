import { beforeAll, describe, expect, test, vi } from "vitest";

test("passes", () => {
  expect({ a: [1] }).toEqual({ a: [1] });
});

test("is wrong", () => {
  expect(1 + 1).toBe(3);
});

test("rejects", async () => {
  await Promise.reject(new Error("as it should"));
});

test("was called too often", () => {
  const call = vi.fn();
  call();
  expect(call).not.toHaveBeenCalled();
});

test("leaves a rejection to nobody", () => {
  Promise.reject(new Error("nobody waits for this"));
});

test("takes a rejection up late", async () => {
  const rejection = Promise.reject(new Error("taken up"));
  await new Promise((resolve) => setTimeout(resolve, 10));
  await expect(rejection).rejects.toThrow("taken up");
});

test("never ends", () => new Promise(() => {}), 50);

test.each([1, 2])("is odd: %s", (number) => {
  expect(number % 2).toBe(1);
});

describe("a group that cannot be set up", () => {
  beforeAll(() => {
    throw new Error("as it should");
  });
  test("is not run", () => {});
});
