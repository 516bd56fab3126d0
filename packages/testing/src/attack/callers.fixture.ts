import { createHash } from "node:crypto";
import {
  apiKey,
  basic,
  createApiKey,
  createMemoryApiKeys,
  createMemoryReplays,
  digest,
  inHeader,
  inQuery,
  oauth1,
  type Scheme,
} from "@countersign/core";
import { digestHa1 } from "@countersign/core/wire";
import type { Callers } from "./callers.ts";

export const realm = "attack";
const user = { username: "ada", password: "circle:of:life\u00a3" };
const consumer = {
  consumerKey: "printer-0123456789",
  consumerSecret: "consumer-secret-0123456789",
};
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

/** A scheme for each kind of caller, with what tests may leave out of it. */
export async function createCallers(replays = createMemoryReplays()): Promise<{
  readonly schemes: Readonly<Record<keyof Callers, Scheme>>;
  readonly callers: Required<Callers>;
}> {
  const { key, id, hash } = await createApiKey("attack");
  const ha1 = { "SHA-256": await digestHa1("SHA-256", { ...user, realm }) };
  const isUser = (name: string) => name === user.username;
  return {
    schemes: {
      basic: basic({
        users: {
          find: (name) =>
            isUser(name) ? { subject: name, passwordHash: hashOf(user.password) } : undefined,
        },
        passwords: { verify: (known, password) => known === hashOf(password) },
      }),
      digest: digest({
        users: { find: (name) => (isUser(name) ? { subject: name, ha1 } : undefined) },
        replays,
      }),
      apiKey: apiKey({
        keys: createMemoryApiKeys([{ id, hash, subject: "partner" }]),
        from: [inHeader("X-API-Key"), inQuery("api_key")],
      }),
      oauth1: oauth1({
        consumers: {
          find: (name) =>
            name === consumer.consumerKey
              ? { subject: "printer", secret: consumer.consumerSecret }
              : undefined,
        },
        replays,
        signatureMethods: ["HMAC-SHA1", "PLAINTEXT"],
      }),
    },
    callers: {
      ...{ basic: user, digest: user, oauth1: consumer },
      apiKey: { key, header: "X-API-Key", query: "api_key" },
    },
  };
}
