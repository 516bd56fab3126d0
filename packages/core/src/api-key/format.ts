import { encodeBase64Url } from "../wire/base64url.ts";
import { requireThat } from "../wire/configuration-error.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import { sha256 } from "../wire/sha256.ts";

// A key of our format, `prefix_id_secret_checksum`: the prefix names who made it, the id finds its record,
// and the checksum (CRC-32) refuses typing errors without a look-up.
const form = /^([a-z][a-z0-9]{0,15}_([A-Za-z0-9]{1,32})_([A-Za-z0-9]{32,64}))_([0-9a-f]{8})$/;

// One that somebody else made: a token68 of 32 to 1024 characters.
const foreignForm = /^(?=.{32,1024}$)[\w\-.~+/]+=*$/;

/** @throws ConfigurationError when no key could begin with it */
export function requirePrefix(prefix: string): void {
  requireThat(
    /^[a-z][a-z0-9]{0,15}$/.test(prefix),
    "prefix must be 1 to 16 of a-z, 0-9, a letter first",
  );
}

/** Whether a text has the form of our keys. */
export function hasKeyForm(text: string): boolean {
  return form.test(text);
}

/** A key as it is looked up. One that somebody else made has no id, and is secret as a whole. */
export interface ReadKey {
  readonly id?: string;
  readonly secret: string;
}

/**
 * Reads a key, or gives `undefined` for what can be none, which is told without a look-up.
 *
 * @param prefix that it must have
 */
export function readApiKey(text: string, prefix?: string): ReadKey | undefined {
  if (prefix && !text.startsWith(`${prefix}_`)) return undefined;
  const [, body, id = "", secret = "", checksum] = form.exec(text) ?? [];
  if (body) return Number(`0x${checksum}`) === crc32(body) ? { id, secret } : undefined;
  return !prefix && foreignForm.test(text) ? { secret: text } : undefined;
}

/** A new key, and what to keep of it. */
export interface NewApiKey {
  /** The key itself: show it once, keep it nowhere. */
  readonly key: string;
  readonly id: string;
  /** SHA-256 of its secret part, for the {@link ApiKeyRecord}. */
  readonly hash: string;
}

/**
 * Makes an API key with 32 random characters (190 bits).
 *
 * @param prefix 1 to 16 lower-case letters and digits, a letter first
 * @example
 * const { key, id, hash } = await createApiKey("orders");
 * const keys = createMemoryApiKeys([{ id, hash, subject: "billing" }]);
 */
export async function createApiKey(prefix: string): Promise<NewApiKey> {
  requirePrefix(prefix);
  const id = randomText(12);
  const secret = randomText(32);
  const body = `${prefix}_${id}_${secret}`;
  const checksum = crc32(body).toString(16).padStart(8, "0");
  return { key: `${body}_${checksum}`, id, hash: await sha256(secret) };
}

/** What a store finds a key by. */
export interface ApiKeyIdentity {
  /** Absent when the key is not of our format. */
  readonly id?: string | undefined;
  readonly hash: string;
}

/**
 * What to find or keep a key by: its id and the hash of its secret part, or, for a key that is not of
 * our format, the hash of the whole.
 *
 * @example
 * const { hash } = await identifyApiKey(process.env.PARTNER_KEY);
 * const keys = createMemoryApiKeys([{ id: "partner", hash, subject: "partner" }]);
 */
export async function identifyApiKey(key: string): Promise<ApiKeyIdentity> {
  return identify(readApiKey(key) ?? { secret: key });
}

/** What a store finds a key by that is read. */
export function identify({ id, secret }: ReadKey): MaybePromise<ApiKeyIdentity> {
  return after(sha256(secret), (hash) => ({ id, hash }));
}

/** Letters and digits, each as likely as any other. */
function randomText(length: number): string {
  let text = "";
  while (text.length < length) {
    const random = encodeBase64Url(crypto.getRandomValues(new Uint8Array(length)));
    text += random.replace(/[-_]/g, "");
  }
  return text.slice(0, length);
}

/** CRC-32 (ISO 3309). It is no protection, only a check against typing errors. */
function crc32(text: string): number {
  let crc = ~0;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
