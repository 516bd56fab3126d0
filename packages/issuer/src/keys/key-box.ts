import type { SigningKeyRecord } from "@countersign/core/state";
import {
  ConfigurationError,
  decodeBase64Url,
  encodeBase64Url,
  type Secret,
  sha256,
} from "@countersign/core/wire";
import type { CryptoKey } from "jose";
import { sealJson, unsealJson } from "../aes-gcm.ts";

/** A key that signing keys are encrypted under: 32 random bytes, as such or in base64url. */
export type EncryptionKey = string | Uint8Array | Secret;

/** Encrypts signing keys for the store. */
export interface KeyBox {
  /** Under the first of the encryption keys. */
  seal(record: Omit<SigningKeyRecord, "sealed">, jwk: object): Promise<SigningKeyRecord>;
  /** @throws ConfigurationError that says why the record cannot be opened, and what to do */
  open(record: SigningKeyRecord): Promise<unknown>;
  /** Whether the first of the encryption keys opens it. */
  isSealedUnderFirst(record: SigningKeyRecord): Promise<boolean>;
}

interface NamedKey {
  /** Says which key opens a record, and says no more: 48 bits of a digest. */
  readonly name: string;
  readonly key: CryptoKey;
}

const version = "v1";

/**
 * A box for signing keys (AES-256-GCM). A text in it is `v1.NAME.SEALED`, where the name is that of the
 * encryption key, so that keys can be told apart while they are being rotated.
 *
 * @param first seals; it and all others open
 * @throws ConfigurationError when one is not of 32 bytes
 */
export function createKeyBox(first: EncryptionKey, ...others: readonly EncryptionKey[]): KeyBox {
  const [bytes, ...more] = [toBytes(first), ...others.map(toBytes)];
  let importing: Promise<readonly [NamedKey, ...NamedKey[]]> | undefined;
  const keys = () => {
    importing ??= (async () =>
      [await toNamedKey(bytes), ...(await Promise.all(more.map(toNamedKey)))] as const)();
    return importing;
  };

  return {
    async seal({ kid, signsFrom }, jwk) {
      const [{ name, key }] = await keys();
      const sealed = await sealJson(jwk, key, contextOf({ kid, signsFrom }, name));
      return { kid, signsFrom, sealed: `${version}.${name}.${sealed}` };
    },
    async open(record) {
      const all = await keys();
      const [format, name = "", sealed = ""] = record.sealed.split(".");
      if (format !== version) throw broken(record, "it has a format that is not known here");
      const named = all.find((each) => each.name === name);
      if (!named) {
        const known = all.map((each) => each.name).join(", ");
        throw broken(record, `it is sealed under the key ${name}, and there is only ${known}`);
      }
      try {
        return await unsealJson(sealed, named.key, contextOf(record, name));
      } catch {
        throw broken(record, "it has been changed since it was sealed");
      }
    },
    async isSealedUnderFirst({ sealed }) {
      const [{ name }] = await keys();
      return sealed.startsWith(`${version}.${name}.`);
    },
  };
}

/** One record's text cannot be put in the place of another's, nor be made to sign at another time. */
function contextOf({ kid, signsFrom }: Omit<SigningKeyRecord, "sealed">, name: string): string {
  return `countersign signing key ${version}.${name}.${kid}.${signsFrom}`;
}

async function toNamedKey(bytes: Uint8Array<ArrayBuffer>): Promise<NamedKey> {
  const name = await sha256(`countersign key name ${encodeBase64Url(bytes)}`);
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { name: name.slice(0, 8), key };
}

function toBytes(value: EncryptionKey): Uint8Array<ArrayBuffer> {
  const given = typeof value === "object" && "reveal" in value ? value.reveal() : value;
  const bytes = typeof given === "string" ? decodeBase64Url(given) : new Uint8Array(given);
  if (bytes?.length === 32) return new Uint8Array(bytes);
  throw new ConfigurationError(
    "encryptionKey must be 32 random bytes, as bytes or in base64url without padding. " +
      "Make one: openssl rand -base64 32 | tr '+/' '-_' | tr -d '='",
  );
}

function broken({ kid }: SigningKeyRecord, why: string): ConfigurationError {
  return new ConfigurationError(
    `The signing key ${JSON.stringify(kid)} cannot be opened: ${why}. Give encryptionKey the key that ` +
      "it was sealed under, after the present one. If that is lost, remove the record from the store: " +
      "a new signing key is made, and tokens of the lost one are refused.",
  );
}
