import { expect, it } from "vitest";
import { createTestClock } from "../issuer/clock.ts";
import { createTickets } from "./tickets.ts";

it("a ticket is found until it is taken, or expires", () => {
  const clock = createTestClock();
  const tickets = createTickets<string>(clock, 60);
  const [first, second] = [tickets.put("a"), tickets.put("b", "own name")];
  expect([tickets.find(first), tickets.find(second)]).toEqual(["a", "b"]);
  expect([tickets.take(first), tickets.take(first), tickets.find(first)]).toEqual([
    ...["a", undefined, undefined],
  ]);
  clock.advance("60s");
  expect([tickets.find("own name"), tickets.take("own name")]).toEqual([undefined, undefined]);
  expect(tickets.find(undefined)).toBeUndefined();
});

it("a full store takes no more, until the oldest have expired", () => {
  const clock = createTestClock();
  const tickets = createTickets<number>(clock, 60);
  for (let count = 0; count < 10_000; count++) tickets.put(count, `${count}`);
  expect(() => tickets.put(1)).toThrow("10000 logins");
  expect(tickets.find("0")).toBe(0);
  clock.advance("60s");
  tickets.put(1, "late");
  expect(tickets.find("late")).toBe(1);
});
