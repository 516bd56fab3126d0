import { createMemoryThrottle } from "@countersign/core";
import { describe, expect, it } from "vitest";
import { createLoginLimits } from "./login-limits.ts";

const start = (points = 3) => createLoginLimits(createMemoryThrottle({ points, duration: 60 }));
const wrong = async () => false;
const right = async () => true;
const statusOf = (work: Promise<boolean>) =>
  work.catch((answer: Response) => `${answer.status} ${answer.headers.get("retry-after")}`);

describe("guessed passwords", () => {
  it("come to an end, for that user from that network alone", async () => {
    const limited = start();
    for (let round = 0; round < 3; round++) {
      expect(await limited("192.0.2.1", "ada", wrong)).toBe(false);
    }
    expect(await statusOf(limited("192.0.2.1", "ada", right))).toBe("429 60");
    expect(await limited("192.0.2.2", "ada", right)).toBe(true);
    expect(await limited("192.0.2.1", "bob", right)).toBe(true);
  });

  it("count as many when they come at once, and right ones do not count", async () => {
    const limited = start();
    for (let round = 0; round < 10; round++)
      expect(await limited(undefined, "ada", right)).toBe(true);
    const guesses = Array.from({ length: 10 }, () => statusOf(limited(undefined, "ada", wrong)));
    expect((await Promise.all(guesses)).filter((each) => each === false)).toHaveLength(3);
  });

  it("are answered 503 where they cannot be counted", async () => {
    const throttle = createMemoryThrottle({ points: 3, duration: 60 });
    const consume = () => Promise.reject(new Error("connection lost"));
    const limited = createLoginLimits({ ...throttle, consume });
    expect(await statusOf(limited("192.0.2.1", "ada", right))).toBe("503 5");
  });
});
