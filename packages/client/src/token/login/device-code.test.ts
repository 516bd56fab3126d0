import { ConfigurationError } from "@countersign/core/wire";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fakeIssuer, refusal, tokens } from "../../../fixtures/fake-issuer.ts";
import { nextTurn } from "../../../fixtures/next-turn.ts";
import { type DevicePrompt, deviceCode } from "./device-code.ts";
import type { DeviceProgress } from "./device-poll.ts";

// RFC 8628 §3.2.
const answer = {
  device_code: "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
  user_code: "WDJB-MJHT",
  verification_uri: "https://example.com/device",
  verification_uri_complete: "https://example.com/device?user_code=WDJB-MJHT",
  expires_in: 1800,
  interval: 5,
};
const device_authorization_endpoint = "https://id.example.com/device";

function setUp(
  onToken: Parameters<typeof fakeIssuer>[0],
  given: object = answer,
  metadata: object = { device_authorization_endpoint },
) {
  const started: unknown[] = [];
  const { issuer, fetch, forms } = fakeIssuer(
    (received, nth, url) => {
      if (url.pathname === "/token") return onToken(received, nth, url);
      started.push(received.form);
      return given;
    },
    metadata as Record<string, unknown>,
  );
  const logins = deviceCode({ issuer, clientId: "app", scope: "orders:read", fetch });
  return { logins, forms, started };
}

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => vi.useRealTimers());

describe("start", () => {
  test("asks as RFC 8628 §3.1 says, and gives what is shown", async () => {
    const { logins, started } = setUp(() => tokens("access"));
    const prompt = await logins.start({ acrValues: "phr" });
    expect(started).toEqual([{ client_id: "app", scope: "orders:read", acr_values: "phr" }]);
    expect(prompt).toMatchObject({
      url: "https://example.com/device",
      code: "WDJB-MJHT",
      completeUrl: "https://example.com/device?user_code=WDJB-MJHT",
      expiresAt: Math.floor(Date.now() / 1000) + 1800,
      interval: 5,
    });
    expect(JSON.stringify(prompt)).not.toContain(answer.device_code);
  });

  test.each<[string, object]>([
    ["escape sequences in the code", { user_code: "\u001b[2J\u001b]0;gone\u0007" }],
    ["a line break in the code", { user_code: "WDJB\nMJHT" }],
    ["text that turns around in the code", { user_code: "\u202eTHJM" }],
    ["a code without end", { user_code: "A".repeat(101) }],
    ["no code", { user_code: "" }],
    ["a URL in clear text", { verification_uri: "http://example.com/device" }],
    ["a URL of another kind", { verification_uri: "javascript:alert(1)" }],
    ["a complete URL of another kind", { verification_uri_complete: "file:///etc/passwd" }],
    ["no device code", { device_code: undefined }],
    ["no end", { expires_in: undefined }],
    ["an interval of nothing", { interval: 0 }],
  ])("refuses an answer with %s", async (_, change) => {
    const { logins } = setUp(() => tokens("access"), { ...answer, ...change });
    await expect(logins.start()).rejects.toMatchObject({ code: "login_failed" });
  });

  test("tells of a refusal, and of an issuer without such logins", async () => {
    const refused = setUp(() => undefined, refusal("unauthorized_client"));
    await expect(refused.logins.start()).rejects.toMatchObject({
      code: "login_failed",
      oauthError: "unauthorized_client",
    });
    const without = setUp(() => undefined, answer, {});
    await expect(without.logins.start()).rejects.toMatchObject({ code: "discovery_failed" });
  });
});

describe("finish", () => {
  /** Lets the seconds pass one after the other: what is asked in one is answered before the next. */
  async function pass(seconds: number, finished: Promise<unknown>): Promise<void> {
    let ended = false;
    const end = () => {
      ended = true;
    };
    finished.then(end, end);
    for (let passed = 0; passed < seconds; passed++) {
      await vi.advanceTimersByTimeAsync(1000);
      do await nextTurn();
      while (!ended && vi.getTimerCount() === 0);
    }
  }

  test("asks as RFC 8628 §3.4 says until the user is done, at the server's pace", async () => {
    const { logins, forms } = setUp((_, nth) => {
      if (nth === 1) return refusal("authorization_pending");
      return nth === 2 ? refusal("slow_down") : tokens("access", { refresh_token: "refresh" });
    });
    const prompt = await logins.start();
    const progress: DeviceProgress[] = [];
    const finished = logins.finish(prompt, { onProgress: (each) => progress.push(each) });
    const counts: number[] = [];
    for (const seconds of [4, 1, 4, 1, 9, 1]) {
      await pass(seconds, finished);
      counts.push(forms.length);
    }
    expect(counts).toEqual([0, 1, 1, 2, 2, 3]); // 5 s, 5 s, and slowed down 10 s
    expect((await (await finished).token()).value.reveal()).toBe("access");
    expect(progress).toEqual([
      { state: "pending", interval: 5 },
      { state: "slow_down", interval: 10 },
    ]);
    expect(forms[0]?.form).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: answer.device_code,
      client_id: "app",
    });
  });

  test("asks every five seconds when the server does not say (RFC 8628 §3.2)", async () => {
    const { interval: _, ...rest } = answer;
    const { logins } = setUp(() => tokens("access"), rest);
    expect((await logins.start()).interval).toBe(5);
  });

  test("asks half as often each time that nobody answers (RFC 8628 §3.5)", async () => {
    const { logins, forms } = setUp((_, nth) =>
      nth < 6 ? new Response("", { status: 503 }) : tokens("access"),
    );
    const progress: number[] = [];
    const finished = logins.finish(await logins.start(), {
      onProgress: ({ state, interval }) => progress.push(state === "unreachable" ? interval : 0),
    });
    await pass(5 + 10 + 20 + 40 + 60 + 60, finished);
    await finished;
    expect(progress).toEqual([10, 20, 40, 60, 60]);
    expect(forms).toHaveLength(6);
  });

  test.each([
    ["access_denied", "access_denied", "login_failed"],
    ["expired_token", "expired_token", "login_failed"],
    ["invalid_client", "invalid_client", "token_request_failed"],
    ["marked-secret", undefined, "token_request_failed"],
  ])("ends with %s", async (error, oauthError, code) => {
    const { logins, forms } = setUp(() => refusal(error));
    const finished = logins.finish(await logins.start()).catch((thrown) => thrown);
    await pass(60, finished);
    expect(await finished).toMatchObject({ code, oauthError });
    expect(forms).toHaveLength(1);
  });

  test("ends when the code has, whatever the server says", async () => {
    const { logins, forms } = setUp(() => refusal("authorization_pending"), {
      ...answer,
      expires_in: 21,
    });
    const finished = logins.finish(await logins.start()).catch((thrown) => thrown);
    await pass(60, finished);
    expect(await finished).toMatchObject({ code: "login_failed", oauthError: "expired_token" });
    expect(forms).toHaveLength(4);
  });

  test.each(["while it waits", "while it asks"])("ends at once when given up %s", async (when) => {
    const asked = Promise.withResolvers<void>();
    const hang = () => {
      asked.resolve();
      return new Promise<undefined>(() => {});
    };
    const { logins, forms } = setUp(hang);
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = vi.fn();
    const finished = logins
      .finish(await logins.start(), { signal, onProgress })
      .catch((thrown) => thrown);
    await vi.advanceTimersByTimeAsync(when === "while it asks" ? 5000 : 1000);
    if (when === "while it asks") await asked.promise;
    controller.abort("enough");
    expect(await finished).toBe("enough");
    expect(onProgress).not.toHaveBeenCalled(); // no answer was waited for, nor its absence
    await pass(60, finished);
    expect(forms).toHaveLength(when === "while it asks" ? 1 : 0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("goes on in another process with what start gave", async () => {
    const { logins } = setUp(() => tokens("access"));
    const prompt = await logins.start();
    const kept = { ...prompt, deviceCode: prompt.deviceCode.reveal() } as unknown as DevicePrompt;
    const finished = setUp(() => tokens("access")).logins.finish(kept);
    await pass(5, finished);
    expect(await (await finished).token()).toMatchObject({ type: "bearer" });
  });
});

test("refuses an issuer that is not secure at start", () => {
  expect(() => deviceCode({ issuer: "http://id.example.com", clientId: "app" })).toThrow(
    ConfigurationError,
  );
});
