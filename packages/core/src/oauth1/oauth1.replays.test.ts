import { describe, expect, test } from "vitest";
import { clock, guardWith, inHeader, now, say, sign, tokens } from "./signing.fixture.ts";

describe("time and replays", () => {
  test.each([-301, 301])("a timestamp %i s away", async (seconds) => {
    const parameters = await sign({ with: { oauth_timestamp: String(now + seconds) } });
    expect(await say(guardWith(), { headers: inHeader(parameters) })).toBe(
      "oauth1_timestamp_refused",
    );
    const patient = guardWith({ timestampTolerance: 301 });
    expect(await say(patient, { headers: inHeader(parameters) })).toBe("accepted");
  });

  test.each([-300, 0, 300])(
    "a replay of what was signed %i s from now, until its timestamp is too old",
    async (seconds) => {
      const guard = guardWith();
      const parameters = await sign({ with: { oauth_timestamp: String(now + seconds) } });
      const headers = inHeader(parameters);
      expect(await say(guard, { headers })).toBe("accepted");
      for (let time = now; time <= now + seconds + 300; time += 50) {
        clock.time = time * 1000;
        expect(await say(guard, { headers })).toBe("request_replayed");
      }
      clock.time = (now + seconds + 301) * 1000;
      expect(await say(guard, { headers })).toBe("oauth1_timestamp_refused");
    },
  );

  test("a hundred at once: one is let in", async () => {
    const guard = guardWith();
    const headers = inHeader(await sign());
    const all = await Promise.all(Array.from({ length: 100 }, () => say(guard, { headers })));
    expect(all.filter((each) => each === "accepted")).toHaveLength(1);
  });

  test("a nonce belongs to its timestamp, consumer and token (RFC 5849 §3.3)", async () => {
    const guard = guardWith({ tokens });
    const nonce = { oauth_nonce: "same" };
    const token = { oauth_token: "nnch734d00sl2jdk" };
    for (const signing of [
      { with: nonce },
      { with: { oauth_nonce: "other" } },
      { with: { ...nonce, oauth_timestamp: String(now + 1) } },
      { with: nonce, consumerKey: "veiled" },
      { with: { ...nonce, ...token }, tokenSecret: "pfkkdhi9sl3r4s00" },
    ]) {
      const headers = inHeader(await sign(signing));
      expect(await say(guard, { headers })).toBe("accepted");
      expect(await say(guard, { headers })).toBe("request_replayed");
    }
  });

  test("nothing is remembered of a signature that does not hold; keys are short ASCII", async () => {
    const keys: string[] = [];
    const replays = { reserve: (key: string) => keys.push(key) > 0 };
    const guard = guardWith({ replays });
    await say(guard, { headers: inHeader(await sign({ consumerSecret: "wrong" })) });
    await say(guard, { headers: inHeader(await sign({ consumerKey: "nobody" })) });
    expect(keys).toEqual([]);
    const long = { oauth_nonce: "\u00e4".repeat(1000) };
    expect(await say(guard, { headers: inHeader(await sign({ with: long })) })).toBe("accepted");
    expect(keys[0]).toMatch(/^oauth1:[\w-]{43}$/);
  });

  test("stores that fail are no refusal", async () => {
    const broken = () => {
      throw new Error("down");
    };
    const headers = inHeader(await sign());
    expect(await say(guardWith({ consumers: { find: broken } }), { headers })).toBe(
      "store_unavailable",
    );
    expect(await say(guardWith({ replays: { reserve: broken } }), { headers })).toBe(
      "store_unavailable",
    );
  });
});
