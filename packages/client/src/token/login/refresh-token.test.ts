import { ConfigurationError } from "@countersign/core/wire";
import { describe, expect, test } from "vitest";
import { standingClock } from "../../../fixtures/clock.ts";
import { fakeIssuer, refusal, tokens } from "../../../fixtures/fake-issuer.ts";
import { rotatingIssuer } from "../../../fixtures/rotating-issuer.ts";
import { bearer } from "../../credential/bearer.ts";
import { createAuthFetch } from "../../fetch/create-auth-fetch.ts";
import type { TokenSource } from "../token-source.ts";
import { type RefreshTokenOptions, refreshToken } from "./refresh-token.ts";

const clientId = "app";
const tokenOf = async (source: TokenSource) => (await source.token()).value.reveal();

describe("a login in this process", () => {
  test("asks as RFC 6749 §6 says, and goes on with the token it is given", async () => {
    const { issuer, fetch, forms } = rotatingIssuer();
    const clock = standingClock();
    const source = refreshToken({
      issuer,
      clientId,
      refreshToken: "refresh-0",
      resource: "https://api.example.com",
      fetch,
      clock,
    });
    expect(forms).toHaveLength(0);
    expect(await tokenOf(source)).toBe("access-1");
    expect(await tokenOf(source)).toBe("access-1");
    clock.advance(3600);
    expect(await tokenOf(source)).toBe("access-2");
    expect(forms.map(({ form }) => form)).toEqual(
      ["refresh-0", "refresh-1"].map((refresh_token) => ({
        grant_type: "refresh_token",
        refresh_token,
        client_id: clientId,
        resource: "https://api.example.com",
      })),
    );
  });

  test("keeps the refresh token of a server that does not rotate", async () => {
    const { issuer, fetch, presented } = rotatingIssuer({ rotates: false });
    const clock = standingClock();
    const source = refreshToken({ issuer, clientId, refreshToken: "refresh-0", fetch, clock });
    for (let nth = 1; nth <= 3; nth++) {
      expect(await tokenOf(source)).toBe(`access-${nth}`);
      clock.advance(3600);
    }
    expect(presented()).toEqual(["refresh-0", "refresh-0", "refresh-0"]);
  });

  test.each(["", null, 7])(
    "keeps it when the new one is %j, which is none",
    async (refresh_token) => {
      const { issuer, fetch, forms } = fakeIssuer((_, nth) =>
        tokens(`access-${nth}`, { refresh_token }),
      );
      const clock = standingClock();
      const source = refreshToken({ issuer, clientId, refreshToken: "refresh-0", fetch, clock });
      await source.token();
      clock.advance(3600);
      await source.token();
      expect(forms.map(({ form }) => form.refresh_token)).toEqual(["refresh-0", "refresh-0"]);
    },
  );

  test("10,000 callers with an expired token use the refresh token once", async () => {
    const { issuer, fetch, presented, wasReused } = rotatingIssuer();
    const clock = standingClock();
    const source = refreshToken({ issuer, clientId, refreshToken: "refresh-0", fetch, clock });
    await source.token();
    clock.advance(3600);
    const values = await Promise.all(Array.from({ length: 10_000 }, () => tokenOf(source)));
    expect(new Set(values)).toEqual(new Set(["access-2"]));
    expect(presented()).toEqual(["refresh-0", "refresh-1"]);
    expect(wasReused()).toBe(false);
  });

  test("a late refusal of an old token uses nothing", async () => {
    const { issuer, fetch, presented } = rotatingIssuer();
    const source = refreshToken({ issuer, clientId, refreshToken: "refresh-0", fetch });
    const old = await source.token();
    source.invalidate(old);
    expect(await tokenOf(source)).toBe("access-2");
    source.invalidate(old);
    expect(await tokenOf(source)).toBe("access-2");
    expect(presented()).toHaveLength(2);
  });

  test("a caller who gives up does so at once, and the refresh goes on", async () => {
    const answer = Promise.withResolvers<void>();
    const { issuer, fetch, presented } = rotatingIssuer({ before: () => answer.promise });
    const source = refreshToken({ issuer, clientId, refreshToken: "refresh-0", fetch });
    const controller = new AbortController();
    const given = source.token({ signal: controller.signal });
    const other = tokenOf(source);
    controller.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    answer.resolve();
    expect(await other).toBe("access-1");
    expect(presented()).toHaveLength(1);
  });

  test("its end is reauthentication_required, with the OAuth error", async () => {
    const { issuer, fetch } = fakeIssuer(() => refusal("invalid_grant"));
    const source = refreshToken({ issuer, clientId, refreshToken: "marked-secret", fetch });
    const error = await Promise.resolve(source.token()).catch((thrown) => thrown);
    expect(error).toMatchObject({
      name: "ClientError",
      code: "reauthentication_required",
      oauthError: "invalid_grant",
      message: expect.stringContaining("Log the user in again"),
    });
    expect(error.stack).not.toContain("marked-secret");
  });

  test.each(["invalid_client", "invalid_request"])("%s is not its end", async (error) => {
    const { issuer, fetch } = fakeIssuer(() => refusal(error));
    const source = refreshToken({ issuer, clientId, refreshToken: "refresh-0", fetch });
    await expect(source.token()).rejects.toMatchObject({ code: "token_request_failed" });
  });
});

test.each<[string, Partial<RefreshTokenOptions>]>([
  ["neither token nor storage", {}],
  ["an empty token", { refreshToken: "" }],
  ["an empty client id", { clientId: "", refreshToken: "a" }],
])("refuses %s at start", (_, options) => {
  const issuer = "https://id.example.com";
  expect(() => refreshToken({ issuer, clientId, ...options })).toThrow(ConfigurationError);
});

test("10,000 calls that are refused with an old token make one refresh, and are all sent again", async () => {
  const server = rotatingIssuer();
  const { issuer } = server;
  const source = refreshToken({ issuer, clientId, refreshToken: "refresh-0", fetch: server.fetch });
  await source.token();
  let calls = 0;
  const api = createAuthFetch({
    origins: ["https://api.example.com"],
    credential: bearer(source),
    async fetch(_, init) {
      calls++;
      const isOld = new Headers(init?.headers).get("authorization") === "Bearer access-1";
      return new Response(null, { status: isOld ? 401 : 204 });
    },
  });
  const answers = await Promise.all(
    Array.from({ length: 10_000 }, () => api("https://api.example.com/orders")),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
  expect(calls).toBe(20_000);
  expect(server.presented()).toEqual(["refresh-0", "refresh-1"]);
});
