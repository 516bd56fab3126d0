import { encodeBase64Url } from "../wire/base64url.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { sha256 } from "../wire/sha256.ts";

/**
 * A key of our format, `prefix_id_secret_checksum`: the prefix names who made it, the id finds its
 * record, and the checksum (CRC-32) refuses typing errors without a look-up.
 */
export interface ApiKeyParts {
  readonly prefix: string;
  readonly id: string;
  readonly secret: string;
}

const parts = /^([a-z][a-z0-9]{0,15})_([A-Za-z0-9]{1,32})_([A-Za-z0-9]{32,64})_([0-9a-f]{8})$/;

/** @throws ConfigurationError when no key could begin with it */
export function requirePrefix(prefix: string): void {
  if (/^[a-z][a-z0-9]{0,15}$/.test(prefix)) return;
  throw new ConfigurationError(
    'The prefix of API keys is 1 to 16 lower-case letters and digits, a letter first: "orders".',
  );
}

/** Whether a text has the form of such a key, and the prefix if one is asked for. */
export function hasKeyForm(text: string, prefix?: string): boolean {
  return prefix === undefined ? parts.test(text) : text.startsWith(`${prefix}_`);
}

/** The parts of a key whose checksum holds, or `undefined`. */
export function parseApiKey(text: string): ApiKeyParts | undefined {
  const match = parts.exec(text);
  if (match === null) return undefined;
  const [, prefix = "", id = "", secret = "", checksum = ""] = match;
  return checksum === crc32(`${prefix}_${id}_${secret}`) ? { prefix, id, secret } : undefined;
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
  return { key: `${body}_${crc32(body)}`, id, hash: await sha256(secret) };
}

/** What a store finds a key by. */
export interface ApiKeyIdentity {
  /** Absent when the key is not of our format. */
  readonly id?: string;
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
  const parts = parseApiKey(key);
  if (parts === undefined) return { hash: await sha256(key) };
  return { id: parts.id, hash: await sha256(parts.secret) };
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

/** CRC-32 (ISO 3309), in hexadecimal. It is no protection, only a check against typing errors. */
function crc32(text: string): string {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}
