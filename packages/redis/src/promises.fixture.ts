import {
  apiKeyContract,
  type ContractCase,
  lockContract,
  refreshTokenContract,
  replayContract,
  revocationContract,
  signingKeyContract,
  throttleContract,
  throttleContractLimits,
  tokenStoreContract,
} from "@countersign/core/state/contract";
import type { RedisState } from "./redis-state.ts";

/** What is promised of one Redis, of which two connections share an empty part. */
export interface RedisPromise {
  readonly name: string;
  run(redis: RedisState, other: RedisState): Promise<void>;
}

const encryptionKey = new Uint8Array(32).fill(7);

/** The promises of what is kept for a time. */
export const passingPromises: readonly RedisPromise[] = [
  ...of("replays", replayContract, ({ replays }) => replays),
  ...of("revocations", revocationContract, ({ revocations }) => revocations),
  ...of("refresh tokens", refreshTokenContract, ({ refreshTokens }) => refreshTokens),
  ...of("a throttle", throttleContract, ({ throttle }) =>
    throttle({ name: "logins", ...throttleContractLimits }),
  ),
  ...of("a client's tokens", tokenStoreContract, ({ tokens }) => tokens({ encryptionKey })),
  ...of("a lock", lockContract, ({ lock }, other) => [lock, other.lock] as const),
];

/** The promises of what may stay for ever. */
export const lastingPromises: readonly RedisPromise[] = [
  ...of("signing keys", signingKeyContract, ({ signingKeys }) => signingKeys),
  ...of("API keys", apiKeyContract, ({ apiKeys }) => apiKeys),
];

function of<Store>(
  what: string,
  contract: readonly ContractCase<Store>[],
  storeOf: (redis: RedisState, other: RedisState) => Store,
): RedisPromise[] {
  return contract.map(({ name, run }) => ({
    name: `${what}: ${name}`,
    run: (redis, other) => run(storeOf(redis, other)),
  }));
}
