import { createMemoryRefreshTokens, type RefreshTokenStore } from "@countersign/core/state";
import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { startIssuer } from "./fixture.ts";

const invalidGrant = { name: "IssuerError", error: "invalid_grant", status: 400 };
const day = 86_400;

describe("rotation", () => {
  test("gives new tokens for the same login", async () => {
    const { issuer, verify, turn, start } = startIssuer();
    const first = await issuer.issue({
      subject: "ada",
      scope: "orders:read",
      roles: ["admin"],
      authenticatedAt: "now",
      methods: ["pwd"],
      acr: "urn:example:silver",
      refreshable: true,
    });
    turn(1000);
    const second = await issuer.refresh(first.refresh_token ?? "");
    expect(second).toMatchObject({ token_type: "Bearer", expires_in: 300, scope: "orders:read" });
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const { payload } = await verify(second.access_token);
    expect(payload).toMatchObject({
      sub: "ada",
      roles: ["admin"],
      iat: start + 1000,
      // Refreshing is no authentication.
      auth_time: start,
      amr: ["pwd"],
      acr: "urn:example:silver",
    });
  });

  test("goes on from token to token", async () => {
    const { issuer, login, turn } = startIssuer();
    let { refresh_token } = await login();
    for (let round = 0; round < 20; round++) {
      turn(day);
      ({ refresh_token = "" } = await issuer.refresh(refresh_token));
    }
    expect(refresh_token).toMatch(/^csrt_/);
  });

  test("makes one new pair of 50 requests at once", async () => {
    const { issuer, login, events } = startIssuer();
    const { refresh_token } = await login();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => issuer.refresh(refresh_token)),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    await issuer.refresh(answers[0]?.refresh_token ?? "");
    expect(events).toEqual([]);
  });
});

describe("a retry", () => {
  test("inside the window gets the identical answer", async () => {
    const { issuer, login, turn } = startIssuer();
    const { refresh_token } = await login({ scope: "a b" });
    const lost = await issuer.refresh(refresh_token);
    turn(9);
    expect(await issuer.refresh(refresh_token)).toEqual(lost);
    // Another scope would be another answer; the one that is given says which it has.
    expect(await issuer.refresh(refresh_token, { scope: "a" })).toEqual(lost);
  });

  test("after the window is theft: the login ends", async () => {
    const { issuer, login, turn, events } = startIssuer();
    const first = await login();
    const second = await issuer.refresh(first.refresh_token);
    turn(10);
    await expect(issuer.refresh(first.refresh_token)).rejects.toMatchObject(invalidGrant);
    await expect(issuer.refresh(second.refresh_token ?? "")).rejects.toMatchObject(invalidGrant);
    const family = decodeJwt(first.access_token).sid;
    expect(events).toEqual([{ type: "refresh_token_reused", family, subject: "ada" }]);
  });

  test("once the successor is used is theft, inside the window too", async () => {
    const { issuer, login, events } = startIssuer();
    const { refresh_token } = await login();
    const second = await issuer.refresh(refresh_token);
    const third = await issuer.refresh(second.refresh_token ?? "");
    await expect(issuer.refresh(refresh_token)).rejects.toMatchObject(invalidGrant);
    await expect(issuer.refresh(third.refresh_token ?? "")).rejects.toMatchObject(invalidGrant);
    expect(events).toHaveLength(1);
  });

  test("is never answered with a window of zero", async () => {
    const { issuer, login } = startIssuer({ replayWindow: 0 });
    const { refresh_token } = await login();
    await issuer.refresh(refresh_token);
    await expect(issuer.refresh(refresh_token)).rejects.toMatchObject(invalidGrant);
  });
});

test("reuse ends its own login and leaves the subject's others alone", async () => {
  const { issuer, login, turn, events } = startIssuer();
  const [phone, laptop] = [await login(), await login()];
  await issuer.refresh(phone.refresh_token);
  turn(60);
  await expect(issuer.refresh(phone.refresh_token)).rejects.toMatchObject(invalidGrant);
  expect(events).toHaveLength(1);
  await issuer.refresh(laptop.refresh_token);
});

test("a listener that throws changes no answer", async () => {
  const { issuer, login, turn } = startIssuer({
    onEvent() {
      throw new Error("logger down");
    },
  });
  const { refresh_token } = await login();
  await issuer.refresh(refresh_token);
  turn(60);
  await expect(issuer.refresh(refresh_token)).rejects.toMatchObject(invalidGrant);
});

describe("lifetimes", () => {
  test("a token left unused expires", async () => {
    const { issuer, login, turn } = startIssuer({ refreshTokenLifetime: 100 });
    const [a, b] = [await login(), await login()];
    turn(99);
    await issuer.refresh(a.refresh_token);
    turn(1);
    await expect(issuer.refresh(b.refresh_token)).rejects.toMatchObject(invalidGrant);
  });

  test("no refresh carries a login beyond its absolute end", async () => {
    const { issuer, login, turn } = startIssuer();
    let { refresh_token } = await login();
    for (let days = 0; days < 80; days += 10) {
      turn(10 * day);
      ({ refresh_token = "" } = await issuer.refresh(refresh_token));
    }
    turn(10 * day - 1);
    ({ refresh_token = "" } = await issuer.refresh(refresh_token));
    turn(1);
    await expect(issuer.refresh(refresh_token)).rejects.toMatchObject(invalidGrant);
  });

  test("the end is fixed at login, whatever is configured later", async () => {
    const { store, clock, login, turn } = startIssuer({ loginLifetime: 100 });
    const { refresh_token } = await login();
    const later = startIssuer({ store, clock, loginLifetime: 1000 });
    turn(99);
    const next = await later.issuer.refresh(refresh_token);
    turn(1);
    const promise = later.issuer.refresh(next.refresh_token ?? "");
    await expect(promise).rejects.toMatchObject(invalidGrant);
  });
});

describe("scope", () => {
  test("may be narrowed for one access token", async () => {
    const { issuer, login } = startIssuer();
    const { refresh_token } = await login({ scope: "a b c" });
    const narrow = await issuer.refresh(refresh_token, { scope: ["b", "a"] });
    expect(narrow.scope).toBe("b a");
    expect(decodeJwt(narrow.access_token).scope).toBe("b a");
    const none = await issuer.refresh(narrow.refresh_token ?? "", { scope: [] });
    expect(none).not.toHaveProperty("scope");
    const whole = await issuer.refresh(none.refresh_token ?? "");
    expect(whole.scope).toBe("a b c");
  });

  test("is never widened, and the attempt consumes nothing", async () => {
    const { issuer, login } = startIssuer();
    const { refresh_token } = await login({ scope: "a b" });
    const refused = { error: "invalid_scope", status: 400 };
    for (const scope of ["a d", ["d"], "a\u0000"]) {
      await expect(issuer.refresh(refresh_token, { scope })).rejects.toMatchObject(refused);
    }
    await issuer.refresh(refresh_token);
  });
});

describe("another client's attempt is refused and consumes nothing", () => {
  test.each([
    ["mobile", "web:app"],
    ["mobile", undefined],
    [undefined, "mobile"],
  ])("token of %s, presented by %s", async (owner, presenter) => {
    const { issuer, login, turn, events } = startIssuer();
    const { refresh_token } = await login(owner === undefined ? {} : { clientId: owner });
    const attempt = () => issuer.refresh(refresh_token, { clientId: presenter });
    await expect(attempt()).rejects.toMatchObject(invalidGrant);
    await issuer.refresh(refresh_token, { clientId: owner });
    turn(60);
    // Nor does it end the login of a used one.
    await expect(attempt()).rejects.toMatchObject(invalidGrant);
    expect(events).toEqual([]);
  });

  test("the first party may give its name or not", async () => {
    const { issuer } = startIssuer({ defaultClientId: "us" });
    const login = { subject: "ada", clientId: "us", refreshable: true };
    const { refresh_token = "" } = await issuer.issue(login);
    const next = await issuer.refresh(refresh_token);
    await issuer.refresh(next.refresh_token ?? "", { clientId: "us" });
  });
});

test.each([
  "",
  "csrt_",
  "nonsense",
  `csrt_${"A".repeat(43)}`,
  `csrt_${"A".repeat(44)}`,
  `csrt_${"A".repeat(42)}=`,
  `CSRT_${"A".repeat(43)}`,
  "\u0000",
  undefined as never,
])("the token %j is refused", async (token) => {
  const { issuer } = startIssuer();
  await expect(issuer.refresh(token)).rejects.toMatchObject(invalidGrant);
});

describe("the store", () => {
  test("sees hashes and sealed answers alone", async () => {
    const memory = createMemoryRefreshTokens({ clock: startIssuer().clock });
    const seen: unknown[] = [];
    const see = <Given, Result>(method: (given: Given) => Result) => {
      return (given: Given) => {
        seen.push(given);
        return method(given);
      };
    };
    const { start, find, rotate } = memory;
    const store = { ...memory, start: see(start), find: see(find), rotate: see(rotate) };
    const { issuer, login } = startIssuer({ store });
    const first = await login();
    const second = await issuer.refresh(first.refresh_token);
    const kept = JSON.stringify(seen);
    for (const answer of [first, second]) {
      expect(kept).not.toContain(answer.access_token);
      expect(kept).not.toContain(answer.refresh_token);
    }
  });

  test("that fails makes the issuer unavailable", async () => {
    const cause = new Error("connection lost");
    const fail = () => Promise.reject(cause);
    const unavailable = { error: "temporarily_unavailable", status: 503, cause };
    for (const method of ["find", "rotate"] as const) {
      const { store, clock, login } = startIssuer();
      const { refresh_token } = await login();
      const { issuer } = startIssuer({ clock, store: { ...store, [method]: fail } });
      await expect(issuer.refresh(refresh_token)).rejects.toMatchObject(unavailable);
    }
  });

  test("that gives an answer sealed for another token is no reason to give it out", async () => {
    const { store, clock, login } = startIssuer();
    const [a, b] = [await login(), await login()];
    let sealedAnswer = "v1.AAAA";
    const mixed: RefreshTokenStore = {
      ...store,
      rotate(rotation) {
        const outcome = { kind: "replayed", sealedAnswer } as const;
        ({ sealedAnswer } = rotation);
        return outcome;
      },
    };
    const { issuer } = startIssuer({ clock, store: mixed });
    const unavailable = { error: "temporarily_unavailable", status: 503 };
    await expect(issuer.refresh(a.refresh_token)).rejects.toMatchObject(unavailable);
    await expect(issuer.refresh(b.refresh_token)).rejects.toMatchObject(unavailable);
  });

  test("that is full keeps the presented token usable", async () => {
    const clock = startIssuer().clock;
    const store = createMemoryRefreshTokens({ limit: 2, clock });
    const { issuer, login } = startIssuer({ store });
    const [a, b] = [await login(), await login()];
    await expect(issuer.refresh(a.refresh_token)).rejects.toMatchObject({ status: 503 });
    await issuer.revoke(b.refresh_token);
    await issuer.refresh(a.refresh_token);
  });
});
