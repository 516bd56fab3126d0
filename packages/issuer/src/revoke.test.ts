import { expect, test } from "vitest";
import { startIssuer } from "./fixture.ts";

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
  const { access_token, refresh_token } = await login();
  for (const token of ["", "nonsense", access_token, `csrt_${"A".repeat(43)}`]) {
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
