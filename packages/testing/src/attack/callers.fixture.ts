import {
  type ApiKeyIdentity,
  apiKey,
  basic,
  createApiKey,
  createMemoryReplays,
  type DigestAlgorithm,
  digest,
  inHeader,
  inQuery,
  oauth1,
  type Scheme,
} from "@countersign/core";
import type { ReplayStore } from "@countersign/core/state";
import { digestHa1 } from "@countersign/core/wire";
import type { Callers } from "./callers.ts";

export const realm = "attack";
const user = { username: "ada", password: "circle:of:life\u00a3" };
const consumer = {
  consumerKey: "printer-0123456789",
  consumerSecret: "consumer-secret-0123456789",
};
const isSame = (given: string, right: string) => given === right;

/** What a server may be careless in; nothing by default. */
export interface Carelessness {
  readonly replays?: ReplayStore;
  readonly isPassword?: (given: string, right: string) => boolean;
  readonly isKey?: (given: ApiKeyIdentity, right: ApiKeyIdentity) => boolean;
  /** Seconds by which a signed request may be late. */
  readonly timestampTolerance?: number;
  /** Algorithms of Digest that are taken. */
  readonly algorithms?: readonly DigestAlgorithm[];
}

/** A scheme for each kind of caller, and a caller that it lets in. */
export async function createCallers(carelessness: Carelessness = {}): Promise<{
  readonly schemes: Readonly<Record<keyof Callers, Scheme>>;
  readonly callers: Required<Callers>;
}> {
  const { replays = createMemoryReplays(), isPassword = isSame, algorithms } = carelessness;
  const { isKey = ({ hash }, right) => hash === right.hash, timestampTolerance } = carelessness;
  const { key, id, hash } = await createApiKey("attack");
  const ha1 = {
    "SHA-256": await digestHa1("SHA-256", { ...user, realm }),
    MD5: await digestHa1("MD5", { ...user, realm }),
  };
  // With the hash that is looked for, since the guard compares it again.
  const record = { id, subject: "partner" };
  const isUser = (name: string) => name === user.username;
  return {
    schemes: {
      basic: basic({
        users: {
          find: (name) =>
            isUser(name) ? { subject: name, passwordHash: user.password } : undefined,
        },
        passwords: { verify: (right = "", given) => isPassword(given, right) },
      }),
      digest: digest({
        ...{ replays, nonceSecret: "nonce-secret-0123456789-0123456789" },
        users: { find: (name) => (isUser(name) ? { subject: name, ha1 } : undefined) },
        ...(algorithms && { algorithms }),
      }),
      apiKey: apiKey({
        keys: {
          find: (given) =>
            isKey(given, { id, hash }) ? { ...record, hash: given.hash } : undefined,
        },
        from: [inHeader("X-API-Key"), inQuery("api_key")],
      }),
      oauth1: oauth1({
        consumers: {
          find: (name) =>
            name === consumer.consumerKey
              ? { subject: "printer", secret: consumer.consumerSecret }
              : undefined,
        },
        ...{ replays, signatureMethods: ["HMAC-SHA1", "PLAINTEXT"] },
        ...(timestampTolerance && { timestampTolerance }),
      }),
    },
    callers: {
      ...{ basic: user, digest: user, oauth1: consumer },
      apiKey: { key, header: "X-API-Key", query: "api_key" },
    },
  };
}
