import { createGuard, jwt } from "@countersign/core";
import { createMemoryRevocations, type RevocationStore } from "@countersign/core/state";
import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { audience, startIssuer } from "./fixture.ts";

const invalidGrant = { error: "invalid_grant", status: 400 };

test("ends the login of a token, and no other", async () => {
  const { issuer, login } = startIssuer();
  const [phone, laptop] = [await login(), await login()];
  const next = await issuer.refresh(phone.refresh_token);
  // The used one, as a client would send that lost the last answer.
  await issuer.revoke(phone.refresh_token);
  await expect(issuer.refresh(next.refresh_token ?? "")).rejects.toMatchObject(invalidGrant);
  await issuer.refresh(laptop.refresh_token);
});

test("takes any other text for nothing", async () => {
  const { issuer, login } = startIssuer();
  const { refresh_token } = await login();
  const { access_token: foreign } = await startIssuer().login();
  for (const token of ["", "nonsense", "a.b.c", foreign, `csrt_${"A".repeat(43)}`]) {
    expect(await issuer.revoke(token)).toBeUndefined();
  }
  await issuer.refresh(refresh_token);
});

test("ends any client's login when the program asks", async () => {
  const { issuer, login } = startIssuer();
  const { refresh_token } = await login({ clientId: "mobile" });
  await issuer.revoke(refresh_token);
  const promise = issuer.refresh(refresh_token, { clientId: "mobile" });
  await expect(promise).rejects.toMatchObject(invalidGrant);
});

test("ends every login of a subject, and of no other", async () => {
  const { issuer, login } = startIssuer();
  const mine = [await login(), await login({ clientId: "mobile" })];
  const other = await login({ subject: "bob" });
  await issuer.revokeSubject("ada");
  for (const { refresh_token } of mine) {
    await expect(issuer.refresh(refresh_token)).rejects.toMatchObject(invalidGrant);
  }
  await issuer.refresh(other.refresh_token);
  const again = await login();
  await issuer.refresh(again.refresh_token);
});

test("a store that fails does not pass for success", async () => {
  const fail = () => Promise.reject(new Error("connection lost"));
  const { store, login } = startIssuer();
  const { refresh_token } = await login();
  const { issuer } = startIssuer({ store: { ...store, revokeFamily: fail, revokeSubject: fail } });
  const unavailable = { error: "temporarily_unavailable", status: 503 };
  await expect(issuer.revoke(refresh_token)).rejects.toMatchObject(unavailable);
  await expect(issuer.revokeSubject("ada")).rejects.toMatchObject(unavailable);
});

describe("with a store of revocations", () => {
  /** An issuer, and an API elsewhere that shares its revocations and nothing else. */
  function start(changes: { revocations?: RevocationStore } = {}) {
    const revocations = changes.revocations ?? createMemoryRevocations();
    const started = startIssuer({ revocations });
    const { issuer, clock } = started;
    const jwks = () => issuer.jwks();
    const scheme = jwt({ issuer: issuer.url, audience, jwks, revocations });
    const guard = createGuard({ clock, schemes: [scheme] });
    return {
      ...started,
      revocations,
      async lets(token: string) {
        const verdict = await guard.check({
          method: "GET",
          url: audience,
          header: (name) => (name === "authorization" ? `Bearer ${token}` : undefined),
          body: () => undefined,
          address: undefined,
          secure: true,
          certificate: undefined,
        });
        return verdict.kind === "accepted" ? true : verdict.reason;
      },
    };
  }

  test("an access token is refused from then on, and its login goes on", async () => {
    const { issuer, login, lets } = start();
    const { access_token, refresh_token } = await login();
    expect(await lets(access_token)).toBe(true);
    await issuer.revoke(access_token);
    expect(await lets(access_token)).toBe("token_revoked");
    const next = await issuer.refresh(refresh_token);
    expect(await lets(next.access_token)).toBe(true);
  });

  test("all access tokens of a login end with it, and no other's", async () => {
    const { issuer, login, lets } = start();
    const [phone, laptop] = [await login(), await login()];
    const next = await issuer.refresh(phone.refresh_token);
    await issuer.revoke(phone.refresh_token);
    expect(await lets(phone.access_token)).toBe("token_revoked");
    expect(await lets(next.access_token)).toBe("token_revoked");
    expect(await lets(laptop.access_token)).toBe(true);
  });

  test("a login can be ended by the sid of its tokens", async () => {
    const { issuer, login, lets } = start();
    const { access_token, refresh_token } = await login();
    await issuer.revokeFamily(String(decodeJwt(access_token).sid));
    expect(await lets(access_token)).toBe("token_revoked");
    await expect(issuer.refresh(refresh_token)).rejects.toMatchObject(invalidGrant);
    await issuer.revokeFamily("unknown");
  });

  test("all access tokens of a subject end with its logins, and no other's", async () => {
    const { issuer, login, lets } = start();
    const mine = [await login(), await login({ clientId: "mobile" })];
    const other = await login({ subject: "bob" });
    await issuer.revokeSubject("ada");
    for (const { access_token } of mine) expect(await lets(access_token)).toBe("token_revoked");
    expect(await lets(other.access_token)).toBe(true);
    expect(await lets((await login()).access_token)).toBe(true);
  });

  test("a stolen login ends with its access tokens", async () => {
    const { issuer, login, lets, turn } = start();
    const [stolen, other] = [await login(), await login()];
    const next = await issuer.refresh(stolen.refresh_token);
    turn(60);
    await expect(issuer.refresh(stolen.refresh_token)).rejects.toMatchObject(invalidGrant);
    expect(await lets(next.access_token)).toBe("token_revoked");
    expect(await lets(other.access_token)).toBe(true);
  });

  test("a stolen login is refused though its access tokens cannot be revoked, and that is told", async () => {
    const cause = new Error("connection lost");
    const revocations = {
      ...createMemoryRevocations(),
      revoke: () => Promise.reject(cause),
    };
    const { issuer, login, turn, events } = start({ revocations });
    const { refresh_token } = await login();
    await issuer.refresh(refresh_token);
    turn(60);
    await expect(issuer.refresh(refresh_token)).rejects.toMatchObject(invalidGrant);
    expect(events).toMatchObject([
      { type: "refresh_token_reused" },
      { type: "unavailable", cause },
    ]);
  });

  test("what could not be revoked can be tried again: nothing is ended by halves", async () => {
    const memory = createMemoryRevocations();
    let isDown = true;
    const revocations: RevocationStore = {
      ...memory,
      revoke(key, expiresAt) {
        if (isDown) throw new Error("connection lost");
        return memory.revoke(key, expiresAt);
      },
    };
    const { issuer, login, lets } = start({ revocations });
    const { access_token, refresh_token } = await login();
    const attempts = [
      () => issuer.revoke(access_token),
      () => issuer.revoke(refresh_token),
      () => issuer.revokeSubject("ada"),
      () => issuer.revokeFamily(String(decodeJwt(access_token).sid)),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ error: "temporarily_unavailable" });
    }
    expect((await issuer.introspect(refresh_token)).active).toBe(true);
    isDown = false;
    await issuer.revokeSubject("ada");
    expect(await lets(access_token)).toBe("token_revoked");
  });

  test("is kept for as long as any token of the login lives", async () => {
    const kept: [string, number][] = [];
    const revocations: RevocationStore = {
      revoke: (key, expiresAt) => void kept.push([key, expiresAt]),
      isRevoked: () => false,
    };
    const { issuer, login, start: now } = start({ revocations });
    const { access_token, refresh_token } = await login();
    const { jti, sid, exp = 0 } = decodeJwt(access_token);
    await issuer.revoke(access_token);
    await issuer.revoke(refresh_token);
    expect(kept).toEqual([
      [`jti:${JSON.stringify([issuer.url, jti])}`, exp + 3600],
      [`sid:${JSON.stringify([issuer.url, sid])}`, now + 300 + 3600],
    ]);
  });
});

test("without one, an access token cannot be revoked, and the caller is told", async () => {
  const { issuer, login } = startIssuer();
  const { access_token } = await login();
  const unsupported = { error: "unsupported_token_type", status: 400 };
  await expect(issuer.revoke(access_token)).rejects.toMatchObject(unsupported);
});
