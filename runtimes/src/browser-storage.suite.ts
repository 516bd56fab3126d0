import { webLocks, webStorageTokens } from "@countersign/client";
import { lockContract, tokenStoreContract } from "@countersign/core/state/contract";

/** How each case ended, by its name: `kept`, or what went wrong. */
export type Outcomes = Readonly<Record<string, string>>;

/** Runs the contracts of stores and locks over what a browser has, on a page of its own. */
export async function run(): Promise<Outcomes> {
  const outcomes: Record<string, string> = {};
  const note = async (name: string, work: Promise<void>) => {
    outcomes[name] = await work.then(
      () => "kept",
      (error) => String(error?.stack ?? error),
    );
  };
  for (const { name, run } of tokenStoreContract) {
    localStorage.clear();
    await note(`localStorage ${name}`, run(webStorageTokens(localStorage)));
    await note(`sessionStorage ${name}`, run(webStorageTokens(sessionStorage)));
  }
  for (const { name, run } of lockContract) {
    await note(`locks ${name}`, run([webLocks(), webLocks()]));
  }
  await note(closing, letGo());
  return outcomes;
}

/** The case that no contract can hold. */
export const closing = "locks are free as soon as the page that held them is closed";

async function letGo(): Promise<void> {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  const held = Promise.withResolvers<void>();
  const { locks } = (frame.contentWindow as Window).navigator;
  const hold = () => {
    held.resolve();
    return new Promise(() => {});
  };
  locks.request("countersign.lock:key", hold).catch(() => {});
  await held.promise;
  const taken = webLocks().hold("key", async () => "taken");
  const first = await Promise.race([
    taken,
    new Promise((resolve) => setTimeout(resolve, 100, "held")),
  ]);
  if (first !== "held") throw new Error("The lock was taken while the other page held it.");
  frame.remove();
  await taken;
}
