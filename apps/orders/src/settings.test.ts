import { describe, expect, it } from "vitest";
import { readSettings } from "./settings.ts";

describe("the environment", () => {
  it("may be empty: secrets are made, and listed to be printed", async () => {
    const settings = await readSettings({}, 4001);
    expect(settings).toMatchObject({
      port: 4001,
      publicUrl: "http://127.0.0.1:4001",
      issuerUrl: undefined,
      audience: "https://orders.example.test",
      username: "ada",
      databaseUrl: "sqlite::memory:",
      redisUrl: undefined,
      encryptionKeys: [],
    });
    expect(settings.made.DEMO_PASSWORD).toBe(settings.password);
    expect(settings.made.DEMO_API_KEY).toBe(settings.apiKey);
    expect(settings.apiKey).toMatch(/^orders_/);
    expect(settings.made.DEMO_OAUTH1_KEY).toBe(settings.consumer.key);
    expect(settings.made.DEMO_OAUTH1_SECRET).toBe(settings.consumer.secret);
  });

  it("wins over what would be made", async () => {
    const env = {
      DEMO_PASSWORD: "p",
      DEMO_API_KEY: "k".repeat(32),
      PUBLIC_URL: "https://api.test/",
    };
    const settings = await readSettings(env, 4001);
    expect(settings).toMatchObject({ password: "p", publicUrl: "https://api.test" });
    expect(Object.keys(settings.made)).not.toContain("DEMO_PASSWORD");
  });

  it("says where state is kept, and what it is encrypted under", async () => {
    expect(await readSettings({}, 4000, "sqlite:auth-server.db")).toMatchObject({
      databaseUrl: "sqlite:auth-server.db",
    });
    const env = {
      DATABASE_URL: "postgres://localhost/orders",
      REDIS_URL: "redis://localhost",
      KEY_ENCRYPTION_KEY: "new, old",
    };
    expect(await readSettings(env, 4000, "sqlite:auth-server.db")).toMatchObject({
      databaseUrl: "postgres://localhost/orders",
      redisUrl: "redis://localhost",
      encryptionKeys: ["new", "old"],
    });
  });

  it.each([
    [{ PORT: "http" }, "PORT must be a number"],
    [{ PORT: "70000" }, "PORT must be a number"],
    [{ JWT_SECRET: "s" }, "Set both JWT_SECRET and JWT_ISSUER"],
  ])("is refused where it cannot be right: %o", async (env, message) => {
    await expect(readSettings(env, 4001)).rejects.toThrow(message);
  });
});
