import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { ConfigurationError } from "@countersign/core";
import type { Settings } from "./settings.ts";

/**
 * What signing keys are encrypted under in the database: `KEY_ENCRYPTION_KEY`, of which there may be
 * several, separated by commas, while it is being changed; the first encrypts. Without it a SQLite
 * file has one beside it that only its owner may read.
 *
 * @throws ConfigurationError where there is none, or everybody may read it
 */
export function readEncryptionKeys({ encryptionKeys, databaseUrl }: Settings): readonly string[] {
  if (encryptionKeys.length > 0) return encryptionKeys;
  const path = /^sqlite:(.+)$/.exec(databaseUrl)?.[1];
  if (path === undefined) {
    throw new ConfigurationError(
      "KEY_ENCRYPTION_KEY is needed with this DATABASE_URL, the same for every process: 32 random bytes " +
        "in base64url. Make one: openssl rand -base64 32 | tr '+/' '-_' | tr -d '='",
    );
  }
  return [path === ":memory:" ? randomKey() : readKeyFile(`${path}-key`)];
}

function readKeyFile(path: string): string {
  try {
    return readOwnFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  // Whole or not at all, and never over another's: of several that start at once one makes it.
  const draft = `${path}-${randomBytes(8).toString("hex")}`;
  writeFileSync(draft, randomKey(), { mode: 0o600, flag: "wx" });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    unlinkSync(draft);
  }
  return readOwnFile(path);
}

function readOwnFile(path: string): string {
  const { mode } = statSync(path);
  if ((mode & 0o077) === 0) return readFileSync(path, "utf8").trim();
  throw new ConfigurationError(
    `${path} holds a secret, and others may read it. Let its owner alone: chmod 600 '${path}'`,
  );
}

function randomKey(): string {
  return randomBytes(32).toString("base64url");
}
