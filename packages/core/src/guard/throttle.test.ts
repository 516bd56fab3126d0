import { describe, expect, it } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { createApiKey } from "../api-key/format.ts";
import { basic } from "../basic/basic.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { createMemoryThrottle } from "../state/memory-throttle.ts";
import type { Throttle } from "../state/throttle.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { createGuard } from "./create-guard.ts";
import type { AuthRequest } from "./request.ts";
import { type GuessLimitOptions, guessLimits, toNetwork } from "./throttle.ts";

let now = 0;
const clock = { now: () => now };
const limit = (points: number) => createMemoryThrottle({ points, duration: 60, clock });

const users = {
  find: (name: string) => {
    if (name === "down") throw new Error("down");
    return name === "ada" || name === "bob" ? { subject: name, passwordHash: "right" } : undefined;
  },
};
const passwords = { verify: (hash: string | undefined, password: string) => hash === password };

function guardWith(limits: GuessLimitOptions) {
  const schemes = [basic({ users, passwords }), apiKey({ keys: createMemoryApiKeys([]) })] as const;
  return createGuard({ schemes, throttle: guessLimits(limits), clock });
}

function request(
  fields: Record<string, string>,
  address: string | undefined = "192.0.2.1",
): AuthRequest {
  return {
    method: "GET",
    url: "http://unknown.invalid/",
    header: (name) => fields[name],
    body: () => new Uint8Array(),
    address,
    secure: false,
    certificate: undefined,
  };
}
const login = (name: string, password: string, address?: string) =>
  request({ authorization: `Basic ${btoa(`${name}:${password}`)}` }, address);

describe("limits on guesses", () => {
  it("refuse with 429 and Retry-After after so many failures, and let in again when the window ends", async () => {
    now = 0;
    const guard = guardWith({ bySubject: limit(3) });
    for (let tries = 0; tries < 3; tries++) {
      expect(await guard.check(login("ada", "wrong"))).toMatchObject({
        reason: "password_invalid",
      });
    }
    now = 10_500;
    expect(await guard.check(login("ada", "right"))).toMatchObject({
      reason: "too_many_failures",
      status: 429,
      headers: [["retry-after", "50"]],
      challenges: [],
    });
    now = 60_000;
    expect(await guard.check(login("ada", "right"))).toMatchObject({ kind: "accepted" });
  });

  it("do not count what was right", async () => {
    const guard = guardWith({ bySubject: limit(2), byAddress: limit(2) });
    for (let tries = 0; tries < 10; tries++) {
      expect(await guard.check(login("ada", "right"))).toMatchObject({ kind: "accepted" });
    }
  });

  it("do not count outages", async () => {
    const guard = guardWith({ bySubject: limit(2) });
    for (let tries = 0; tries < 5; tries++) {
      expect(await guard.check(login("down", "x"))).toMatchObject({ kind: "unavailable" });
    }
  });

  it("do not lock the victim out: another address goes on", async () => {
    const guard = guardWith({ bySubject: limit(1) });
    await guard.check(login("ada", "wrong", "203.0.113.9"));
    expect(await guard.check(login("ada", "right", "203.0.113.9"))).toMatchObject({ status: 429 });
    expect(await guard.check(login("ada", "right", "192.0.2.1"))).toMatchObject({
      kind: "accepted",
    });
  });

  it("count one address over all users, and IPv6 by /64", async () => {
    const guard = guardWith({ byAddress: limit(2) });
    await guard.check(login("ada", "wrong", "2001:db8::1"));
    await guard.check(login("bob", "wrong", "2001:db8::ffff:2"));
    expect(await guard.check(login("eve", "x", "2001:db8:0:0:1::"))).toMatchObject({ status: 429 });
    expect(await guard.check(login("ada", "right", "2001:db8:0:1::1"))).toMatchObject({
      kind: "accepted",
    });
  });

  it("count before verifying: of many guesses at once, no more than allowed are verified", async () => {
    let verified = 0;
    const counting = {
      verify: async () => {
        verified += 1;
        return false;
      },
    };
    const guard = createGuard({
      clock,
      schemes: [basic({ users, passwords: counting })],
      throttle: guessLimits({ bySubject: limit(5) }),
    });
    await Promise.all(
      Array.from({ length: 100 }, (_, at) => guard.check(login("ada", `guess ${at}`))),
    );
    expect(verified).toBe(5);
  });

  it("count API keys without structure, and no others", async () => {
    const guard = guardWith({ byAddress: limit(1) });
    const { key } = await createApiKey("orders");
    for (let tries = 0; tries < 3; tries++) {
      expect(await guard.check(request({ "x-api-key": key }))).toMatchObject({
        reason: "api_key_invalid",
      });
    }
    await guard.check(request({ "x-api-key": "k".repeat(32) }));
    expect(await guard.check(request({ "x-api-key": "k".repeat(32) }))).toMatchObject({
      status: 429,
    });
  });

  it("give 503 when they cannot be told, and let nobody in", async () => {
    const down: Throttle = {
      consume: () => Promise.reject(new Error("redis is down")),
      reward: () => Promise.reject(new Error("redis is down")),
    };
    expect(await guardWith({ bySubject: down }).check(login("ada", "right"))).toMatchObject({
      kind: "unavailable",
      reason: "throttle_unavailable",
    });
  });

  it("do not take from one limit what the other refuses", async () => {
    const byAddress = limit(2);
    const guard = guardWith({ byAddress, bySubject: limit(1) });
    await guard.check(login("ada", "wrong"));
    await guard.check(login("ada", "wrong")); // refused by subject: costs the address nothing
    expect(await guard.check(login("bob", "right"))).toMatchObject({ kind: "accepted" });
  });

  it("need the caller's address", async () => {
    const guard = guardWith({ byAddress: limit(1) });
    const nowhere = { ...login("ada", "right"), address: undefined };
    await expect(async () => guard.check(nowhere)).rejects.toThrow(ConfigurationError);
  });

  it("take any limiter that rejects with msBeforeNext, as rate-limiter-flexible does", async () => {
    const flexible: Throttle = {
      consume: () => Promise.reject({ msBeforeNext: 1 }),
      reward: async () => {},
    };
    expect(await guardWith({ bySubject: flexible }).check(login("ada", "right"))).toMatchObject({
      headers: [["retry-after", "1"]],
    });
  });
});

describe("the memory of a throttle", () => {
  it("is bounded, and forgets nothing to make room", async () => {
    now = 0;
    const throttle = createMemoryThrottle({ points: 1, duration: 60, limit: 2, clock });
    await throttle.consume("a");
    await throttle.consume("b");
    await expect(throttle.consume("c")).rejects.toThrow("full");
    await expect(throttle.consume("a")).rejects.toEqual({ msBeforeNext: 60_000 });
    now = 60_000;
    await throttle.consume("c");
  });

  it("does not give back more than was taken", async () => {
    now = 0;
    const throttle = createMemoryThrottle({ points: 1, duration: 60, clock });
    await throttle.reward("a");
    await throttle.consume("a");
    await throttle.reward("a");
    await throttle.reward("a");
    await throttle.consume("a");
    await expect(throttle.consume("a")).rejects.toHaveProperty("msBeforeNext");
  });

  it.each([
    { points: 0, duration: 1 },
    { points: 1, duration: -1 },
    { points: Number.NaN, duration: 1 },
  ])("is refused with %o", (options) => {
    expect(() => createMemoryThrottle(options)).toThrow(ConfigurationError);
  });
});

it.each([
  ["192.0.2.7", "::ffff:192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"],
  ["2001:DB8:0001::6", "2001:db8:1:0:ffff::"],
  ["fe80::1%eth0", "fe80::2%eth1"],
  // Only ::ffff:0:0/96 is IPv4.
  ["2001:db8:1:2:0:ff00::1", "2001:db8:1:2::9"],
  ["::1:2", "::3:4"],
])("%s and %s are one network", (one, another) => {
  expect(toNetwork(one)).toBe(toNetwork(another));
});

it.each([
  ["192.0.2.7", "192.0.2.8"],
  ["2001:db8:1:2::", "2001:db8:1:3::"],
  ["::1", "::ffff:0.0.0.1"],
])("%s and %s are not", (one, another) => {
  expect(toNetwork(one)).not.toBe(toNetwork(another));
});

it("limits that are none are refused at start", () => {
  expect(() => guessLimits({})).toThrow(ConfigurationError);
});
