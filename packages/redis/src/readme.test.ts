import { execFile } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { howToGetRedis, startRedis, withoutRedis } from "./redis.fixture.ts";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const [, example = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

function mint(issuer: string): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    aud: "https://api.example.com",
    sub: "ada",
    jti: "1",
    exp: now + 60,
  };
  const input = [{ alg: "ES256", kid: "k" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
  return `${input}.${sign("sha256", Buffer.from(input), key).toString("base64url")}`;
}

/** An issuer, as far as a guard needs one. */
async function serveIssuer() {
  const keys = [{ ...publicKey.export({ format: "jwk" }), kid: "k", alg: "ES256" }];
  const server = createServer(({ url = "" }, response) => {
    const found = url.endsWith("/jwks") ? { keys } : { issuer, jwks_uri: `${issuer}/jwks` };
    response.setHeader("content-type", "application/json").end(JSON.stringify(found));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { issuer, close: () => server.close() };
}

test.skipIf(withoutRedis)(`the example runs (${howToGetRedis})`, async () => {
  const redis = await startRedis();
  const { issuer, close } = await serveIssuer();
  try {
    const use = `
      const call = async (handle: typeof fetch) => (await handle(
        new Request("https://api.example.com/", { headers: { authorization: "Bearer ${mint(issuer)}" } }),
      )).status;
      console.log(await call(fetch), await call(logout), await call(fetch));
      process.kill(process.pid, "SIGTERM");
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        "--conditions=@countersign/source",
        "--input-type=module-typescript",
        "--eval",
        example.replaceAll("https://id.example.com", issuer) + use,
      ],
      {
        cwd: new URL("..", import.meta.url),
        env: { ...process.env, REDIS_URL: redis.url },
      },
    );
    expect(stdout.trim()).toBe("200 204 401");
  } finally {
    close();
    await redis.remove();
  }
});
