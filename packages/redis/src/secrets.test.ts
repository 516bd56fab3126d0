import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@countersign/core/wire";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectRedis } from "./connect-redis.ts";
import { apiKeyRecord, createService, planted } from "./guarded.fixture.ts";
import { openKeyspace } from "./keyspace.fixture.ts";
import { howToGetRedis, type RedisServer, startRedis, withoutRedis } from "./redis.fixture.ts";
import type { RedisState } from "./redis-state.ts";

const refreshToken = "csrt_planted-refresh-token-of-a-login";
const clientTokens = JSON.stringify({ refresh_token: "planted-refresh-token-of-a-client" });
const secrets = [...planted, refreshToken, clientTokens, "planted-refresh-token-of-a-client"];

describe.skipIf(withoutRedis)(`what is in Redis (${howToGetRedis})`, () => {
  let server: RedisServer;
  let redis: RedisState;
  beforeAll(async () => {
    server = await startRedis(["--rdbcompression", "no"]);
    redis = await connectRedis(server.url);
  });
  afterAll(async () => {
    await redis?.close();
    await server?.remove();
  });

  test("names no secret, in no key, no value and no file", async () => {
    await redis.apiKeys.add(apiKeyRecord);
    const { needing, wrongPassword } = createService(redis);
    for (const ask of Object.values(needing)) expect((await ask()).status).toBe(200);
    expect((await wrongPassword()).status).toBe(401);
    const tokens = redis.tokens({ encryptionKey: randomBytes(32) });
    await tokens.write("billing", clientTokens);
    const soon = Math.floor(Date.now() / 1000) + 600;
    await redis.refreshTokens.start({
      hash: await sha256(refreshToken),
      family: "login",
      grant: { subject: "ada", audience: [], scopes: [] },
      expiresAt: soon,
      loginEndsAt: soon,
    });
    await redis.revocations.revoke('jti:["https://id.example.com","planted"]', soon);
    await redis.lock.hold("planted", async () => {
      const keyspace = await openKeyspace(server.url);
      const shown = await keyspace.everything();
      await keyspace.client.sendCommand(["SAVE"]);
      keyspace.close();
      const file = await readFile(join(server.folder, "dump.rdb"), "latin1");
      for (const text of [shown, file]) {
        // It is the right text: of every kind there is something in it.
        for (const kind of [
          "replay",
          "throttle",
          "api-keys",
          "tokens",
          "login",
          "revocation",
          "lock",
        ]) {
          expect(text).toContain(`countersign:{${kind}`);
        }
        expect(text).toContain(await sha256(refreshToken));
        for (const secret of secrets) expect(text).not.toContain(secret);
        expect(text).not.toContain("planted");
      }
    });
  });
});
