import { crc32 } from "node:zlib";
import { get } from "../adapter-contract/case.ts";
import type { RawRequest } from "../adapter-contract/exchange.ts";
import { inOtherCase } from "./basic.ts";
import type { ApiKeyCaller } from "./callers.ts";
import { type AttackCase, type GroupedCase, groupOf, invalidRequest } from "./case.ts";
import { NotRun } from "./context.ts";

/** A request with a key that is made of the good one, where keys usually stand here. */
export const presentingKey =
  (change: (key: string) => string = (key) => key): AttackCase["request"] =>
  (context) => {
    const caller = context.caller("apiKey");
    const changed = change(caller.key);
    return caller.query !== undefined && caller.header === undefined
      ? inQuery(caller, changed)
      : get("/apiKey", [[toHeader(caller), changed]]);
  };

const toHeader = ({ header = "x-api-key" }: ApiKeyCaller) => header.toLowerCase();

/** @throws NotRun where keys are not taken from the query */
function inQuery({ query }: ApiKeyCaller, key: string): RawRequest {
  if (query === undefined) throw new NotRun("keys are not taken from the query");
  return get(`/apiKey?${new URLSearchParams({ [query]: key })}`);
}

const keyForm = /^(.*\b[a-z][a-z0-9]*)_([A-Za-z0-9]+)_([A-Za-z0-9]+)_[0-9a-f]{8}$/;

/** The parts of `prefix_id_secret_checksum`, the form of our own keys. */
function partsOf(key: string): readonly [before: string, id: string, secret: string] {
  const [, before, id, secret] = keyForm.exec(key) ?? [];
  if (!before || !id || !secret) throw new NotRun("the key is none of Countersign's own form");
  return [before, id, secret];
}

/** The checksum is CRC-32: no secret, so whoever guesses keys computes it. */
function withChecksum(...parts: readonly string[]): string {
  const body = parts.join("_");
  const [keyAlone = ""] = /\S+$/.exec(body) ?? [];
  return `${body}_${crc32(keyAlone).toString(16).padStart(8, "0")}`;
}

const reversed = (text: string) => Array.from(text).reverse().join("");

const refused = { status: 401, reason: "api_key_invalid" };

const cases: readonly GroupedCase[] = [
  { id: "good-api-key", expect: "accept", request: presentingKey() },
  {
    // Of a key of ours it is the checksum that is wrong then.
    id: "api-key-last-character-changed",
    expect: refused,
    request: presentingKey((key) => key.replace(/.$/, (last) => (last === "0" ? "1" : "0"))),
  },
  {
    id: "api-key-wrong-secret",
    expect: refused,
    request: presentingKey((key) => {
      const [before, id, secret] = partsOf(key);
      return withChecksum(before, id, reversed(secret));
    }),
  },
  {
    id: "api-key-never-issued",
    expect: refused,
    request: presentingKey((key) => {
      const [before, id, secret] = partsOf(key);
      return withChecksum(before, reversed(id), reversed(secret));
    }),
  },
  { id: "api-key-prefix", expect: refused, request: presentingKey((key) => key.slice(0, -9)) },
  { id: "api-key-longer", expect: refused, request: presentingKey((key) => `${key}0`) },
  { id: "api-key-in-other-case", expect: refused, request: presentingKey(inOtherCase) },
  {
    id: "api-key-newline-after-it",
    expect: refused,
    request: (context) => {
      const caller = context.caller("apiKey");
      return inQuery(caller, `${caller.key}\n`);
    },
  },
  {
    id: "good-api-key-in-query",
    expect: "accept",
    request: (context) => {
      const caller = context.caller("apiKey");
      return inQuery(caller, caller.key);
    },
  },
  {
    id: "api-key-in-header-and-query",
    isLenient: true,
    expect: invalidRequest("credential_conflict"),
    request: (context) => {
      const caller = context.caller("apiKey");
      if (caller.header === undefined) throw new NotRun("keys are taken from the query alone");
      return { ...inQuery(caller, caller.key), headers: [[toHeader(caller), caller.key]] };
    },
  },
  { id: "good-api-key-after-all-that", expect: "accept", request: presentingKey() },
];

export const apiKeyCases = groupOf("api-key", "OWASP API2:2023", cases);
