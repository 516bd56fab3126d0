import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bearer } from "../adapter-contract/case.ts";
import { exchange } from "../adapter-contract/exchange.ts";
import { servers } from "../adapter-contract/servers.ts";
import type { Listening } from "../issuer/listen.ts";
import { forge } from "./forge.ts";
import { publishedKeys } from "./keys.ts";
import { type AttackKit, createAttackKit } from "./kit.ts";

describe.each(Object.entries(servers))("keys that cannot be found, on %s", (_name, start) => {
  let kit: AttackKit;
  let server: Listening;
  beforeEach(async () => {
    kit = await createAttackKit();
    server = await start(kit.routes);
  });
  afterEach(async () => {
    await server.close();
    await kit.close();
  });

  const statusFor = async (kid = "es") => {
    const headers = bearer(forge(kit, { header: { kid } }));
    return (await exchange(server.url, { path: "/tokens", headers })).status;
  };
  const flood = (size: number) =>
    Promise.all(Array.from({ length: size }, () => statusFor(crypto.randomUUID())));
  const fetches = () => kit.outside.requests.length;

  it("random-kids: a hundred cause one fetch, and valid users get in meanwhile", async () => {
    expect(await statusFor()).toBe(200);
    kit.issuer.clock.advance("1m");
    const before = fetches();

    const [refused, accepted] = await Promise.all([
      flood(100),
      Promise.all(Array.from({ length: 20 }, () => statusFor())),
    ]);

    expect(new Set(refused)).toEqual(new Set([401]));
    expect(new Set(accepted)).toEqual(new Set([200]));
    expect(fetches() - before).toBe(1);
  });

  it("random-kids-at-start: a hundred cause one fetch before any key is known", async () => {
    expect(new Set(await flood(100))).toEqual(new Set([401]));
    expect(fetches()).toBe(1);
    expect(await statusFor()).toBe(200);
  });

  it("empty-key-set: does not void the cooldown, nor the keys that are known", async () => {
    expect(await statusFor()).toBe(200);
    kit.outside.publish([]);
    kit.issuer.clock.advance("1m");
    const before = fetches();

    expect(await statusFor("unknown")).toBe(503);
    expect(new Set(await flood(20))).toEqual(new Set([503]));
    expect(fetches() - before).toBe(1);
    expect(await statusFor()).toBe(200);

    kit.outside.publish(publishedKeys);
    kit.issuer.clock.advance("2s");
    expect(await statusFor("unknown")).toBe(401);
  });

  it("issuer-down: known keys go on, unknown ones are no reason to say no", async () => {
    expect(await statusFor()).toBe(200);
    await kit.outside.close();
    kit.issuer.clock.advance("1m");

    expect(await statusFor("unknown")).toBe(503);
    expect(await statusFor()).toBe(200);
  });
});
