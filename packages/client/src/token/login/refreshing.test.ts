import { createMemoryTokens, type TokenStore } from "@countersign/core/state";
import { describe, expect, test } from "vitest";
import { standingClock } from "../../../fixtures/clock.ts";
import { fakeIssuer, refusal, tokens } from "../../../fixtures/fake-issuer.ts";
import { makeStorage } from "../../../fixtures/make-storage.ts";
import { rotatingIssuer } from "../../../fixtures/rotating-issuer.ts";
import type { TokenSource } from "../token-source.ts";
import { refreshToken } from "./refresh-token.ts";

const clientId = "app";
/** What every record of this client begins with. */
const mine = {
  version: 1,
  issuer: "https://id.example.com/",
  client_id: clientId,
  token_type: "bearer",
};
const tokenOf = async (source: TokenSource) => (await source.token()).value.reveal();

describe("a login in a store", () => {
  test("is written down before anybody gets its token, and survives the process", async () => {
    const { issuer, fetch, presented } = rotatingIssuer();
    const { storage, record } = makeStorage();
    const options = { issuer, clientId, fetch, storage };
    const source = refreshToken({ ...options, refreshToken: "refresh-0" });
    expect(await tokenOf(source)).toBe("access-1");
    expect(await record()).toMatchObject({
      version: 1,
      issuer: "https://id.example.com/",
      client_id: clientId,
      refresh_token: "refresh-1",
      access_token: "access-1",
    });
    // Another process: with the same refresh token in its configuration, and with none.
    for (const more of [{ refreshToken: "refresh-0" }, {}]) {
      expect(await tokenOf(refreshToken({ ...options, ...more }))).toBe("access-1");
    }
    expect(presented()).toEqual(["refresh-0"]);
  });

  test("begins anew with a new refresh token, once", async () => {
    const server = rotatingIssuer();
    const { issuer, fetch } = server;
    const { storage, record } = makeStorage();
    const clock = standingClock();
    const options = { issuer, clientId, fetch, storage, clock };
    const old = refreshToken({ ...options, refreshToken: "refresh-0" });
    await old.token();
    server.logIn("other-login");
    const source = refreshToken({ ...options, refreshToken: "other-login" });
    expect(await tokenOf(source)).toBe("access-2");
    clock.advance(3600);
    // Whoever began with the first one goes on with the second.
    expect(await tokenOf(old)).toBe("access-3");
    expect(await tokenOf(source)).toBe("access-3");
    expect(server.presented()).toEqual(["refresh-0", "other-login", "refresh-2"]);
    expect(await record()).toMatchObject({ refresh_token: "refresh-3" });
  });

  test("begins all the same when the first attempts come to nothing", async () => {
    let isDown = true;
    const { issuer, fetch, forms } = fakeIssuer((_, nth) =>
      isDown ? new Response("", { status: 503 }) : tokens(`access-${nth}`),
    );
    const { storage } = makeStorage();
    const clock = standingClock();
    const options = { issuer, clientId, fetch, clock, storage, refreshToken: "refresh-0" };
    const source = refreshToken(options);
    for (let attempts = 0; attempts < 3; attempts++) {
      await expect(source.token()).rejects.toMatchObject({ code: "token_endpoint_unreachable" });
      clock.advance(10);
    }
    isDown = false;
    expect(await tokenOf(source)).toBe("access-4");
    expect(new Set(forms.map(({ form }) => form.refresh_token))).toEqual(new Set(["refresh-0"]));
  });

  test("many sources at once make one refresh, again and again", async () => {
    const { issuer, fetch, presented, wasReused } = rotatingIssuer();
    const { storage } = makeStorage();
    const clock = standingClock();
    const options = { issuer, clientId, fetch, clock, storage, refreshToken: "refresh-0" };
    const sources = Array.from({ length: 10 }, () => refreshToken(options));
    for (let round = 1; round <= 20; round++) {
      const values = await Promise.all(sources.map(tokenOf));
      expect(new Set(values)).toEqual(new Set([`access-${round}`]));
      clock.advance(3600);
    }
    expect(presented()).toHaveLength(20);
    expect(wasReused()).toBe(false);
  });

  test("a refused token is replaced by the one that somebody else has stored", async () => {
    const { issuer, fetch, presented } = rotatingIssuer();
    const { storage } = makeStorage();
    const options = { issuer, clientId, fetch, storage, refreshToken: "refresh-0" };
    const [one, other] = [refreshToken(options), refreshToken(options)];
    const [token, same] = [await one.token(), await other.token()];
    one.invalidate(token);
    expect(await tokenOf(one)).toBe("access-2");
    other.invalidate(same);
    expect(await tokenOf(other)).toBe("access-2");
    expect(presented()).toHaveLength(2);
  });

  test("takes no token out of the store that is about to expire", async () => {
    const { issuer, fetch, presented } = rotatingIssuer();
    const { storage } = makeStorage();
    const clock = standingClock();
    const options = { issuer, clientId, fetch, clock, storage, refreshToken: "refresh-0" };
    await refreshToken(options).token();
    clock.advance(3594);
    expect(await tokenOf(refreshToken(options))).toBe("access-1");
    clock.advance(1);
    expect(await tokenOf(refreshToken(options))).toBe("access-2");
    expect(presented()).toHaveLength(2);
  });

  test("invalid_grant looks at the store again, where somebody without the lock may have written", async () => {
    const { storage } = makeStorage();
    const { store, key } = storage;
    const { issuer, fetch, forms } = fakeIssuer(async ({ form }) => {
      if (form.refresh_token !== "refresh-0") return tokens("access", { refresh_token: "next" });
      const record = JSON.parse((await store.read(key)) ?? "{}");
      const { expires_at: _, access_token: __, ...rest } = record;
      await store.write(key, JSON.stringify({ ...rest, refresh_token: "theirs" }));
      return refusal("invalid_grant");
    });
    await store.write(key, JSON.stringify({ ...mine, refresh_token: "refresh-0" }));
    expect(await tokenOf(refreshToken({ issuer, clientId, fetch, storage }))).toBe("access");
    expect(forms.map(({ form }) => form.refresh_token)).toEqual(["refresh-0", "theirs"]);
  });

  test("that has ended stays as it is, and a new login of others is found", async () => {
    const server = rotatingIssuer();
    const { issuer, fetch } = server;
    const { storage, record } = makeStorage();
    const clock = standingClock();
    const options = { issuer, clientId, fetch, clock, storage };
    const source = refreshToken({ ...options, refreshToken: "refresh-0" });
    await source.token();
    server.logIn("revoked everything else");
    clock.advance(3600);
    await expect(source.token()).rejects.toMatchObject({ code: "reauthentication_required" });
    expect(await record()).toMatchObject({ refresh_token: "refresh-1" });
    server.logIn("new-login");
    await refreshToken({ ...options, refreshToken: "new-login" }).token();
    clock.advance(2);
    expect(await tokenOf(source)).toBe("access-2");
  });

  test("that somebody wrote over during a refresh is theirs: the lock had been taken for lost", async () => {
    const { storage, record } = makeStorage();
    const { store, key } = storage;
    const { issuer, fetch } = rotatingIssuer({
      async before() {
        const stored = JSON.parse((await store.read(key)) ?? "{}");
        await store.write(key, JSON.stringify({ ...stored, refresh_token: "theirs-is-later" }));
      },
    });
    await store.write(key, JSON.stringify({ ...mine, refresh_token: "refresh-0" }));
    const source = refreshToken({ issuer, clientId, fetch, storage });
    expect(await tokenOf(source)).toBe("access-1");
    expect(await record()).toMatchObject({ refresh_token: "theirs-is-later" });
  });

  test("that somebody removed during a refresh stays removed", async () => {
    const { storage } = makeStorage();
    const { store, key } = storage;
    const { issuer, fetch } = rotatingIssuer({ before: () => store.remove(key) });
    await store.write(key, JSON.stringify({ ...mine, refresh_token: "refresh-0" }));
    const source = refreshToken({ issuer, clientId, fetch, storage });
    const token = await source.token();
    expect(await store.read(key)).toBeUndefined();
    source.invalidate(token);
    await expect(source.token()).rejects.toMatchObject({ code: "reauthentication_required" });
  });

  test("with nothing in it needs a login", async () => {
    const { issuer, fetch, forms } = rotatingIssuer();
    const source = refreshToken({ issuer, clientId, fetch, ...makeStorage() });
    await expect(source.token()).rejects.toMatchObject({
      code: "reauthentication_required",
      oauthError: undefined,
    });
    expect(forms).toHaveLength(0);
  });
});

describe("a store that fails", () => {
  /** A store that does as it is told. */
  function failing() {
    const store = createMemoryTokens();
    const fails = { read: false, write: false };
    const check = (what: keyof typeof fails) => {
      if (fails[what]) throw Object.assign(new Error("marked-secret"), { code: "ENOSPC" });
    };
    const wrapped: TokenStore = {
      read(key) {
        check("read");
        return store.read(key);
      },
      write(key, value) {
        check("write");
        return store.write(key, value);
      },
      remove: (key) => store.remove(key),
    };
    return { ...makeStorage(wrapped), fails };
  }

  test("before a refresh uses no refresh token", async () => {
    const { issuer, fetch, forms } = rotatingIssuer();
    const { storage, fails } = failing();
    fails.read = true;
    const source = refreshToken({ issuer, clientId, fetch, storage, refreshToken: "refresh-0" });
    const error = await Promise.resolve(source.token()).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "token_store_failed" });
    expect(error.message).toContain("(ENOSPC)");
    expect(error.stack).not.toContain("marked-secret");
    expect(forms).toHaveLength(0);
  });

  test("after it loses nothing: the tokens are written as soon as that can be", async () => {
    const { issuer, fetch, presented, wasReused } = rotatingIssuer();
    const { storage, record, fails } = failing();
    const clock = standingClock();
    const options = { issuer, clientId, fetch, clock, storage };
    const source = refreshToken({ ...options, refreshToken: "refresh-0" });
    await source.token();
    clock.advance(3600);
    fails.write = true;
    for (let pauses = 0; pauses < 3; pauses++) {
      await expect(source.token()).rejects.toMatchObject({ code: "token_store_failed" });
      clock.advance(10);
    }
    expect(await record()).toMatchObject({ refresh_token: "refresh-1" });
    fails.write = false;
    expect(await tokenOf(source)).toBe("access-2");
    expect(await record()).toMatchObject({ refresh_token: "refresh-2", access_token: "access-2" });
    expect(presented()).toEqual(["refresh-0", "refresh-1"]);
    expect(wasReused()).toBe(false);
  });

  test("gives way to what others have written meanwhile", async () => {
    const server = rotatingIssuer();
    const { issuer, fetch } = server;
    const { storage, record, fails } = failing();
    const clock = standingClock();
    const options = { issuer, clientId, fetch, clock, storage };
    const source = refreshToken({ ...options, refreshToken: "refresh-0" });
    await source.token();
    clock.advance(3600);
    fails.write = true;
    await expect(source.token()).rejects.toMatchObject({ code: "token_store_failed" });
    fails.write = false;
    server.logIn("new-login");
    await refreshToken({ ...options, refreshToken: "new-login" }).token();
    clock.advance(10);
    expect(await tokenOf(source)).toBe("access-3");
    expect(await record()).toMatchObject({ refresh_token: "refresh-3" });
  });

  test("is one whose lock cannot be had", async () => {
    const { issuer, fetch, forms } = rotatingIssuer();
    const { storage } = makeStorage();
    const lock = { hold: () => Promise.reject(new Error("marked-secret")) };
    const source = refreshToken({ issuer, clientId, fetch, storage: { ...storage, lock } });
    const error = await Promise.resolve(source.token()).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "token_store_failed" });
    expect(error.stack).not.toContain("marked-secret");
    expect(forms).toHaveLength(0);
  });

  test.each<[string, string]>([
    ["no JSON", "marked-secret"],
    ["null", "null"],
    ["an array", "[]"],
    ["a record of another version", JSON.stringify({ ...mine, version: 2 })],
    ["a record of another client", JSON.stringify({ ...mine, client_id: "other" })],
    ["a record of another issuer", JSON.stringify({ ...mine, issuer: "https://evil.example/" })],
    ["a refresh token that is no text", JSON.stringify({ ...mine, refresh_token: { a: 1 } })],
    ["an access token that is no text", JSON.stringify({ ...mine, access_token: 7 })],
    ["an end that is no number", JSON.stringify({ ...mine, expires_at: "never" })],
  ])("holds %s: it is neither sent nor overwritten", async (_, text) => {
    const { issuer, fetch, forms } = rotatingIssuer();
    const { storage } = makeStorage();
    await storage.store.write(storage.key, text);
    const options = { issuer, clientId, fetch, storage, refreshToken: "refresh-0" };
    const error = await Promise.resolve(refreshToken(options).token()).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "token_store_failed" });
    expect(error.stack).not.toContain("marked-secret");
    expect(forms).toHaveLength(0);
    expect(await storage.store.read(storage.key)).toBe(text);
  });
});
