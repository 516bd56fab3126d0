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

  it.each([
    [{ PORT: "http" }, "PORT must be a number"],
    [{ PORT: "70000" }, "PORT must be a number"],
    [{ JWT_SECRET: "s" }, "Set both JWT_SECRET and JWT_ISSUER"],
    [{ DATABASE_URL: "postgres://localhost/orders" }, "DATABASE_URL"],
    [{ REDIS_URL: "redis://localhost" }, "REDIS_URL"],
  ])("is refused where it cannot be right: %o", async (env, message) => {
    await expect(readSettings(env, 4001)).rejects.toThrow(message);
  });
});
