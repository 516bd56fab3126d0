import { ConfigurationError } from "../wire/configuration-error.ts";
import type { ApiKeyRecord, ApiKeyStore } from "./api-keys.ts";

/**
 * API keys out of a list, such as a configuration file.
 *
 * @throws ConfigurationError when two records have one id
 * @example
 * const keys = createMemoryApiKeys([{ id, hash, subject: "billing", scopes: ["orders:read"] }]);
 */
export function createMemoryApiKeys(records: readonly ApiKeyRecord[]): ApiKeyStore {
  const byId = new Map(records.map((record) => [record.id, record]));
  const byHash = new Map(records.map((record) => [record.hash, record]));
  if (byId.size < records.length) {
    throw new ConfigurationError("Two API keys have the same id; give each an id of its own.");
  }
  return {
    find: ({ id, hash }) => (id === undefined ? byHash.get(hash) : byId.get(id)),
  };
}
