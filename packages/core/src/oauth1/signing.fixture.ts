import { generateKeyPairSync } from "node:crypto";
import { beforeEach } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { makeRequest } from "../guard/made-request.fixture.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { oauth1BaseString } from "../wire/oauth1-base-string.ts";
import {
  formatOAuth1Header,
  type OAuth1Parameter,
  parseFormParameters,
} from "../wire/oauth1-parameters.ts";
import {
  type OAuth1SecretMethod,
  rsaSha1,
  signOAuth1,
  signOAuth1Rsa,
} from "../wire/oauth1-signature.ts";
import { toSecret } from "../wire/secret.ts";
import { type OAuth1Options, oauth1 } from "./oauth1.ts";

export const clock = { time: 0, now: () => clock.time };
export const now = 1_700_000_000;
beforeEach(() => {
  clock.time = now * 1000;
});

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const privateKey = await crypto.subtle.importKey(
  "pkcs8",
  pair.privateKey.export({ format: "der", type: "pkcs8" }),
  rsaSha1,
  false,
  ["sign"],
);
export const publicKey = pair.publicKey.export({ format: "pem", type: "spki" }).toString();
const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;

const secret = "j49sk3j29djd";
export const consumers = new Map<string, object>([
  ["printer", { subject: "printer-inc", secret, scopes: ["photos:list"] }],
  ["veiled", { subject: "veiled-inc", secret: toSecret(secret) }],
  ["signer", { subject: "signer-inc", publicKey }],
  ["empty", { subject: "empty-inc", secret: "" }],
  ["none", { subject: "none-inc" }],
  ["weak", { subject: "weak", publicKey: weak.export({ format: "pem", type: "spki" }) }],
  ["elliptic", { subject: "ec", publicKey: elliptic.export({ format: "pem", type: "spki" }) }],
  ["broken", { subject: "broken", publicKey: "-----BEGIN" }],
]);
export const tokens = {
  find: (token: string, consumerKey: string) =>
    token === "nnch734d00sl2jdk" && consumerKey === "printer"
      ? { subject: "ada", secret: "pfkkdhi9sl3r4s00", scopes: ["photos:read"] }
      : undefined,
};

export function guardWith(
  options: Partial<OAuth1Options> = {},
  publicUrl = "https://api.example.com",
) {
  const replays = createMemoryReplays({ clock });
  const find = (key: string) => consumers.get(key) as never;
  const schemes = [oauth1({ consumers: { find }, replays, ...options })];
  return createGuard({ realm: "photos", clock, publicUrl, schemes });
}
type AnyGuard = ReturnType<typeof guardWith>;

export interface Signing {
  readonly method?: OAuth1SecretMethod | "RSA-SHA1";
  readonly httpMethod?: string;
  readonly url?: string;
  readonly form?: string;
  readonly consumerKey?: string;
  readonly consumerSecret?: string;
  readonly tokenSecret?: string;
  /** Changes to the protocol parameters before they are signed; `undefined` leaves one out. */
  readonly with?: Readonly<Record<string, string | undefined>>;
}

let nonces = 0;
export const url = "https://api.example.com/photos?size=original&file=vacation.jpg";

/** The protocol parameters of a request, as a client signs them. */
export async function sign(signing: Signing = {}): Promise<OAuth1Parameter[]> {
  const { method = "HMAC-SHA256", httpMethod = "GET", form = "" } = signing;
  const { consumerKey = "printer", consumerSecret = secret, tokenSecret } = signing;
  const protocol = Object.entries({
    oauth_consumer_key: consumerKey,
    oauth_signature_method: method,
    oauth_timestamp: String(clock.time / 1000),
    oauth_nonce: `n${++nonces}`,
    oauth_version: "1.0",
    ...signing.with,
  }).filter((parameter): parameter is [string, string] => parameter[1] !== undefined);
  const parameters = [...protocol, ...(parseFormParameters(form) ?? [])];
  const base = oauth1BaseString({ method: httpMethod, url: signing.url ?? url, parameters }) ?? "";
  const signature =
    method === "RSA-SHA1"
      ? await signOAuth1Rsa(base, privateKey)
      : await signOAuth1(method, base, { consumerSecret, tokenSecret });
  return [...protocol, ["oauth_signature", signature]];
}

export const formType = { "content-type": "application/x-www-form-urlencoded" };
export const inHeader = (parameters: readonly OAuth1Parameter[]) => ({
  authorization: `OAuth realm="photos", ${formatOAuth1Header(parameters)}`,
});
export const inForm = (parameters: readonly OAuth1Parameter[]) =>
  new URLSearchParams(
    parameters.map(([name, value]): [string, string] => [name, value]),
  ).toString();

export async function say(guard: AnyGuard, more: Parameters<typeof makeRequest>[0] = {}) {
  const verdict = await guard.check(makeRequest({ url, ...more }));
  return verdict.kind === "accepted" ? "accepted" : verdict.reason;
}
