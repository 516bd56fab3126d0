import { crc32 } from "node:zlib";
import { bearer, get } from "../adapter-contract/case.ts";
import { type GroupedCase, groupOf, invalidToken } from "./case.ts";
import { digestCases } from "./digest.ts";
import type { AttackKit } from "./kit.ts";
import { oauth1Cases } from "./oauth1.ts";

const basic = (credentials: string) => get("/basic", [["authorization", `Basic ${credentials}`]]);
const toBase64 = (text: string) => Buffer.from(text).toString("base64");
const wrongPassword = { status: 401, reason: "password_invalid" };
const wrongKey = { status: 401, reason: "api_key_invalid" };

const basicCases: readonly GroupedCase<AttackKit>[] = [
  {
    id: "good-basic-colon-in-password",
    source: "RFC 7617 §2",
    expect: { subject: "ada" },
    request: () => basic(toBase64("ada:circle:of:life")),
  },
  {
    id: "good-basic-utf8",
    source: "RFC 7617 §2.1",
    expect: { subject: "test" },
    request: () => basic("dGVzdDoxMjPCow=="),
  },
  {
    id: "basic-latin1",
    source: "RFC 7617 §2.1",
    expect: wrongPassword,
    request: () => basic(Buffer.from("test:123\u00a3", "latin1").toString("base64")),
  },
  { id: "basic-no-colon", expect: wrongPassword, request: () => basic(toBase64("ada")) },
  { id: "basic-not-base64", expect: wrongPassword, request: () => basic("!ada!") },
  {
    id: "basic-wrong-password",
    expect: wrongPassword,
    request: () => basic(toBase64("ada:circle")),
  },
  {
    id: "basic-unknown-user",
    expect: wrongPassword,
    request: () => basic(toBase64("eve:circle:of:life")),
  },
  { id: "basic-empty", expect: wrongPassword, request: () => basic(toBase64(":")) },
];

const key = (text: string) => get("/keys", [["x-api-key", text]]);
const withSecretOf = (a: string, b: string) => {
  const [prefix, id] = a.split("_");
  return `${prefix}_${id}_${b.split("_")[2]}_${a.split("_")[3]}`;
};
const keyCases: readonly GroupedCase<AttackKit>[] = [
  {
    id: "good-api-key",
    expect: { subject: "partner" },
    request: ({ apiKeys }) => key(apiKeys.current),
  },
  {
    id: "good-api-key-that-will-replace-it",
    expect: { subject: "partner" },
    request: ({ apiKeys }) => key(apiKeys.next),
  },
  {
    id: "api-key-wrong-checksum",
    expect: wrongKey,
    request: ({ apiKeys }) =>
      key(apiKeys.current.replace(/.$/, (last) => (last === "0" ? "1" : "0"))),
  },
  {
    id: "api-key-wrong-secret",
    expect: wrongKey,
    request: ({ apiKeys }) => key(withChecksum(withSecretOf(apiKeys.current, apiKeys.next))),
  },
  {
    id: "api-key-prefix",
    expect: wrongKey,
    request: ({ apiKeys }) => key(apiKeys.current.slice(0, -9)),
  },
  {
    id: "api-key-longer",
    expect: wrongKey,
    request: ({ apiKeys }) => key(`${apiKeys.current}0`),
  },
  {
    id: "api-key-newline-after-it",
    expect: wrongKey,
    request: ({ apiKeys }) => get(`/keys?api_key=${apiKeys.current}%0A`),
  },
  { id: "api-key-revoked", expect: wrongKey, request: ({ apiKeys }) => key(apiKeys.revoked) },
  {
    id: "api-key-expired",
    expect: { status: 401, reason: "api_key_expired" },
    request: ({ apiKeys }) => key(apiKeys.expired),
  },
];

const inactive = invalidToken("token_inactive");
const wrongType = invalidToken("token_type_mismatch");
const unavailable = { status: 503, reason: "introspection_unavailable" };
const answers: Readonly<Record<string, GroupedCase["expect"]>> = {
  active: "accept",
  inactive,
  down: unavailable,
  slow: unavailable,
  html: unavailable,
  string: unavailable,
  id: wrongType,
  refresh: wrongType,
  "refresh-type": wrongType,
  foreign: invalidToken("audience_mismatch"),
  expired: invalidToken("token_expired"),
  unheard: inactive,
};

const introspectionCases = Object.entries(answers).map(
  ([name, expect]): GroupedCase => ({
    id: expect === "accept" ? "good-opaque-token" : `introspection-${name}`,
    ...{ source: "RFC 7662 §2.2, §4", expect },
    request: () =>
      get(expect === unavailable ? `/opaque/${name}` : "/opaque", bearer(`opaque-token-${name}`)),
  }),
);

export const otherSchemeCases = [
  ...groupOf("basic", "RFC 7617 §2", basicCases),
  ...groupOf("api-key", "Countersign's own keys", keyCases),
  ...groupOf("introspection", "RFC 7662", introspectionCases),
  ...groupOf("oauth1", "RFC 5849 §3.2", oauth1Cases),
  ...groupOf("digest", "RFC 7616 §3.4", digestCases),
];

/** The checksum is CRC-32: no secret, so whoever guesses keys computes it. */
function withChecksum(text: string): string {
  const body = text.replace(/_[^_]*$/, "");
  return `${body}_${crc32(body).toString(16).padStart(8, "0")}`;
}
