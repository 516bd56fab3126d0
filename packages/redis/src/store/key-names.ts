import { hash } from "node:crypto";
import { ConfigurationError } from "@countersign/core/wire";

/**
 * The names of keys. Each has a hash tag (`{…}`), so that a cluster keeps in one slot what one script
 * needs together, and spreads everything else. What applications and callers choose is in a name by
 * its SHA-256 alone: of one length, without braces, and nobody's name.
 */
export interface KeyNames {
  /** A key of a slot of its own; without `name` the one key of its kind. */
  of(kind: string, name?: string): string;
  /** A key in the slot of another one. */
  beside(key: string, kind: string, name: string): string;
}

/** @throws ConfigurationError when the prefix could not stand in every name */
export function createKeyNames(prefix: string): KeyNames {
  if (!/^[\w.:-]{1,64}$/.test(prefix)) {
    throw new ConfigurationError(
      'prefix must be 1 to 64 letters, digits, "_", ".", ":" or "-", such as "orders".',
    );
  }
  return {
    of: (kind, name) => `${prefix}:{${name === undefined ? kind : `${kind}:${digest(name)}`}}`,
    beside: (key, kind, name) => `${key}:${kind}:${digest(name)}`,
  };
}

function digest(name: string): string {
  return hash("sha256", name, "base64url");
}
