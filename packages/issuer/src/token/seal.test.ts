import { expect, test } from "vitest";
import { createRefreshToken } from "./refresh-token.ts";
import { seal, unseal } from "./seal.ts";

const answer = { access_token: "planted-access", refresh_token: "planted-refresh", é: "✓" };

test("who holds the token reads the answer", async () => {
  const token = await createRefreshToken();
  const sealed = await seal(answer, token);
  expect(sealed).toMatch(/^v1\.[\w-]+$/);
  expect(await unseal(sealed, token)).toEqual(answer);
});

test("the hash alone opens nothing", async () => {
  const token = await createRefreshToken();
  const sealed = await seal(answer, token);
  await expect(unseal(sealed, { text: token.hash, hash: token.hash })).rejects.toThrow();
});

test("an answer is bound to its token", async () => {
  const [token, other] = [await createRefreshToken(), await createRefreshToken()];
  const sealed = await seal(answer, token);
  await expect(unseal(sealed, other)).rejects.toThrow();
  await expect(unseal(sealed, { text: token.text, hash: other.hash })).rejects.toThrow();
});

test("the same answer is never sealed the same way twice", async () => {
  const token = await createRefreshToken();
  expect(await seal(answer, token)).not.toBe(await seal(answer, token));
});

test("a changed or foreign text is refused", async () => {
  const token = await createRefreshToken();
  const sealed = await seal(answer, token);
  const changed = sealed.slice(0, -2) + (sealed.endsWith("AA") ? "BA" : "AA");
  for (const text of ["", "v1.", "v1.AAAA", "v1.=", sealed.replace("v1", "v2"), changed]) {
    await expect(unseal(text, token)).rejects.toThrow();
  }
});
