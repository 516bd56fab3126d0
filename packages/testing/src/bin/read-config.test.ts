import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readConfig } from "./read-config.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-test-issuer-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: unknown) {
  const path = join(folder, "config.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return readConfig(path);
}

it.each([
  ['{ "clients": [s3cret] }', "is no JSON"],
  ['{ "clients": ["s3cret" }', "is no JSON"],
  ["", "is no JSON: it goes wrong"],
  [[], "config.json must be an object"],
  ["null", "config.json must be an object"],
  [{ client: [] }, 'config.json has no "client". There are: audience'],
  [{ constructor: {} }, 'has no "constructor"'],
  ['{ "__proto__": {} }', 'has no "__proto__"'],
  [{ audience: "" }, ".audience must be a text"],
  [{ clients: {} }, ".clients must be a list"],
  [{ clients: ["s3cret"] }, ".clients[0] must be an object"],
  [{ clients: [{ secret: "a s3cret of nobody" }] }, '.clients[0] needs "id"'],
  [{ clients: [{ id: "a", scopes: "read" }] }, ".clients[0].scopes must be a list of texts"],
  [{ clients: [{ id: "a", scopes: [1] }] }, ".clients[0].scopes must be a list of texts"],
  [{ clients: [{ id: "a" }, { id: "b", redirectUri: "x" }] }, '.clients[1] has no "redirectUri"'],
  [{ users: [{ subject: "" }] }, ".users[0].subject must be a text"],
  [{ users: [{ subject: "ada", claims: [] }] }, ".users[0].claims must be an object"],
  [{ users: [{ claims: {} }] }, '.users[0] needs "subject"'],
  [{ algorithm: "HS256" }, ".algorithm must be ES256, RS256, EdDSA"],
  [{ accessTokenLifetime: 1.5 }, ".accessTokenLifetime must be a whole number"],
  [{ dpopNonces: "yes" }, ".dpopNonces must be true or false"],
  [{ device: { pending: -1 } }, ".device.pending must be a whole number"],
  [{ trusts: [{ issuer: "https://other.test" }] }, '.trusts[0] needs "jwks"'],
  [{ tenants: [] }, ".tenants must be an object"],
  [{ tenants: { a: { tenants: {} } } }, '.tenants.a has no "tenants"'],
])("%j is refused", async (content, words) => {
  const refusal = expect.objectContaining({
    name: "ConfigurationError",
    message: expect.stringContaining(words),
  });
  await expect(read(content)).rejects.toThrow(refusal);
  await expect(read(content)).rejects.not.toThrow("s3cret");
});

it("what is right is taken as it is", async () => {
  const config = {
    audience: "https://shop.test",
    clients: [{ id: "shop", scopes: [], audience: ["a"], jwks: { keys: [] } }],
    device: { interval: 0.5, pending: 0 },
    tenants: { north: { users: [{ subject: "ada", roles: ["admin"] }] } },
  };
  expect(await read(config)).toEqual(config);
});
