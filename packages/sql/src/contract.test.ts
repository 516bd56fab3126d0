import {
  apiKeyContract,
  type ContractCase,
  refreshTokenContract,
  replayContract,
  revocationContract,
  signingKeyContract,
  throttleContract,
  throttleContractLimits,
} from "@countersign/core/state/contract";
import { afterEach, describe, test } from "vitest";
import type { Database } from "./database.ts";
import { describeDatabases } from "./databases.fixture.ts";
import { openDatabase } from "./open-database.ts";

/** Every contract, on databases of which each case gets a fresh one. */
function keepsEveryContract(createUrl: () => Promise<string>): void {
  let database: Database | undefined;
  afterEach(() => database?.close());

  function keeps<Store>(
    what: string,
    contract: readonly ContractCase<Store>[],
    storeOf: (database: Database) => Store,
  ): void {
    describe(what, () => {
      test.each(contract)("$name", async ({ run }) => {
        database = await openDatabase(await createUrl(), { timeout: 20 });
        await run(storeOf(database));
      });
    });
  }

  keeps("refresh tokens", refreshTokenContract, ({ refreshTokens }) => refreshTokens);
  keeps("replays", replayContract, ({ replays }) => replays);
  keeps("revocations", revocationContract, ({ revocations }) => revocations);
  keeps("API keys", apiKeyContract, ({ apiKeys }) => apiKeys);
  keeps("signing keys", signingKeyContract, ({ signingKeys }) => signingKeys);
  keeps("throttles", throttleContract, ({ throttle }) =>
    throttle({ name: "contract", ...throttleContractLimits }),
  );
}

describe("SQLite in memory", () => keepsEveryContract(async () => "sqlite::memory:"));

describeDatabases(({ createUrl }) => keepsEveryContract(createUrl));
