import { describe, expect, it, vi } from "vitest";
import { createLastUsed } from "./last-used.ts";

const find = () => undefined;

describe("last used", () => {
  it("is written at most once a minute for each key", () => {
    const touch = vi.fn();
    const note = createLastUsed({ find, touch });
    for (const now of [0, 1, 59_999, 60_000, 61_000]) note("a", now);
    note("b", 61_000);
    expect(touch.mock.calls).toEqual([
      ["a", 0],
      ["a", 60],
      ["b", 61],
    ]);
  });

  it("refuses nobody when it cannot be written", async () => {
    const throwing = createLastUsed({
      find,
      touch: () => {
        throw new Error("down");
      },
    });
    const rejecting = createLastUsed({ find, touch: () => Promise.reject(new Error("down")) });
    expect(() => throwing("a", 0)).not.toThrow();
    expect(() => rejecting("a", 0)).not.toThrow();
    await new Promise((resolve) => setTimeout(resolve));
  });

  it("asks nothing of a store that does not keep it", () => {
    expect(() => createLastUsed({ find })("a", 0)).not.toThrow();
  });
});
