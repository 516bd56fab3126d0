import { describe, expect, test } from "vitest";
import { makeRequest } from "../guard/made-request.fixture.ts";
import { createMemoryReplays } from "../state/replay.ts";
import {
  challenged,
  clock,
  guardWith,
  nonceOf,
  type Signing,
  say,
  sign,
} from "./signing.fixture.ts";

describe("nonces", () => {
  test("stale=true when all but the nonce is right, and only then", async () => {
    const guard = guardWith({ nonceLifetime: 60 });
    const nonce = await nonceOf(guard);
    clock.time += 59_999;
    expect(await say(guard, await sign(nonce))).toBe("accepted");
    clock.time += 1;
    const stale = async (signing: Signing) => {
      const authorization = await sign(nonce, { nonceCount: "00000002", ...signing });
      const [challenge] = await challenged(guard, makeRequest({ headers: { authorization } }));
      return challenge?.stale;
    };
    expect(await say(guard, await sign(nonce, { nonceCount: "00000002" }))).toBe(
      "digest_nonce_stale",
    );
    expect(await stale({})).toBe("true");
    expect(await stale({ password: "wrong" })).toBeUndefined();
    expect(await stale({ username: "nobody" })).toBeUndefined();
    expect(await stale({ uri: "/private" })).toBeUndefined();
  });

  test("the nonce that comes with a stale one is good", async () => {
    const guard = guardWith();
    const headers = { authorization: await sign("somebody else's") };
    const [challenge] = await challenged(guard, makeRequest({ headers }));
    expect(challenge?.stale).toBe("true");
    expect(await say(guard, await sign(challenge?.nonce ?? ""))).toBe("accepted");
  });

  test("a replay is told stale=true too: the caller can go on with another nonce", async () => {
    const guard = guardWith();
    const headers = { authorization: await sign(await nonceOf(guard)) };
    await guard.check(makeRequest({ headers }));
    const [challenge] = await challenged(guard, makeRequest({ headers }));
    expect(challenge?.stale).toBe("true");
  });

  test("one request sent a hundred times at once is let in once", async () => {
    const guard = guardWith();
    const headers = { authorization: await sign(await nonceOf(guard)) };
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, () => guard.check(makeRequest({ headers }))),
    );
    expect(verdicts.filter(({ kind }) => kind === "accepted")).toHaveLength(1);
  });

  test("every challenge has a nonce of its own", async () => {
    const guard = guardWith();
    const nonces = await Promise.all(Array.from({ length: 100 }, () => nonceOf(guard)));
    expect(new Set(nonces).size).toBe(100);
  });

  test("servers with one secret know each other's, others do not", async () => {
    const nonceSecret = "0123456789abcdef0123456789abcdef";
    const replays = createMemoryReplays({ clock });
    const one = guardWith({ nonceSecret, replays });
    const two = guardWith({ nonceSecret: new TextEncoder().encode(nonceSecret), replays });
    const field = await sign(await nonceOf(one));
    expect(await say(two, field)).toBe("accepted");
    expect(await say(one, field)).toBe("request_replayed");
    expect(await say(guardWith(), await sign(await nonceOf(one)))).toBe("digest_nonce_stale");
    expect(await say(guardWith(), await sign(await nonceOf(guardWith())))).toBe(
      "digest_nonce_stale",
    );
    const other = guardWith({ nonceSecret: `${nonceSecret}!` });
    expect(await say(other, await sign(await nonceOf(one)))).toBe("digest_nonce_stale");
  });

  test("none can be made, made younger, or spelled otherwise", async () => {
    const guard = guardWith();
    const nonce = await nonceOf(guard);
    const [expiresAt = "", random = "", mac = ""] = nonce.split(".");
    for (const forged of [
      `${Number(expiresAt) + 1}.${random}.${mac}`,
      `0${nonce}`,
      `${nonce}=`,
      ` ${nonce}`,
      `${expiresAt}.${random}.`,
      `${expiresAt}.${random}.${mac.slice(0, -1)}`,
      `${expiresAt}.${random.slice(0, -1)}.${mac}`,
      `${expiresAt}.${"A".repeat(16)}.${mac}`,
      "..",
      "x",
    ]) {
      expect(await say(guard, await sign(forged))).toBe("digest_nonce_stale");
    }
    expect(await say(guard, await sign(nonce))).toBe("accepted");
  });

  test("nothing is remembered of a digest that does not hold", async () => {
    const keys: string[] = [];
    const replays = {
      reserve(key: string, expiresAt: number) {
        keys.push(`${key} ${expiresAt}`);
        return true;
      },
    };
    const guard = guardWith({ replays });
    const nonce = await nonceOf(guard);
    await say(guard, await sign(nonce, { password: "wrong" }));
    await say(guard, await sign("foreign"));
    expect(keys).toEqual([]);
    await say(guard, await sign(nonce, { nonceCount: "0000000A" }));
    expect(keys).toEqual([`digest:${nonce}:0000000a ${1_700_000_000 + 300}`]);
    expect(keys[0]?.length).toBeLessThan(256);
  });
});
