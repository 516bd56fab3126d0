import { ClientError, describeFailure } from "../../client-error.ts";
import type { DpopKeys } from "../issuer/dpop-keys.ts";
import type { Login } from "./login.ts";
import { type RecordOwner, readRecord, writeRecord } from "./login-record.ts";
import type { TokenStorage } from "./token-storage.ts";

/** A login as it is stored. */
interface StoredLogin<B extends DpopKeys | undefined> {
  readonly login: Login<B>;
  /** The record: another one has another text. */
  readonly text: string;
}

/** The place of one login in a store. What fails there is a ClientError `token_store_failed`. */
export interface LoginVault<B extends DpopKeys | undefined> {
  hold<T>(task: () => Promise<T>): Promise<T>;
  read(): Promise<StoredLogin<B> | undefined>;
  /** Answers when the login is durable. */
  write(login: Login<B>): Promise<void>;
}

export function loginVault<B extends DpopKeys | undefined>(
  { store, lock, key }: TokenStorage,
  owner: RecordOwner<B>,
): LoginVault<B> {
  return {
    async hold(task) {
      let failure: { readonly error: unknown } | undefined;
      const held = reach("locked", () =>
        lock.hold(key, async () => {
          try {
            return await task();
          } catch (error) {
            failure = { error };
            throw error;
          }
        }),
      );
      return held.catch((error) => {
        throw failure ? failure.error : error; // the task's own failure is no failure of the lock
      });
    },
    async read() {
      const text = await reach("read", async () => store.read(key));
      if (text === undefined) return undefined;
      const login = await readRecord(owner, text);
      if (login) return { login, text };
      throw new ClientError(
        `token_store_failed: Under the key "${key}" the store has what is no record of the client ${owner.clientId} at ${owner.issuer}. Give each login a key of its own, or remove it and log in again.`,
      );
    },
    write: (login) =>
      reach("written", async () => store.write(key, await writeRecord(owner, login))),
  };
}

async function reach<T>(what: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    // What a store throws may hold what it was given.
    throw new ClientError(
      `token_store_failed: The token store could not be ${what}${describeFailure(error)}. Look at the store.`,
    );
  }
}
