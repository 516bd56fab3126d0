import { createAuthFetch } from "@countersign/client";
import { transportContract } from "../../packages/client/src/transport/contract.ts";
import type { HostileOrigins } from "../../packages/client/src/transport/stage.ts";
import type { Ability, Trial } from "../../packages/client/src/transport/transport-case.ts";

/** What a run needs to know, as JSON. */
export interface Input {
  readonly server: HostileOrigins;
  readonly abilities: readonly Ability[];
}

/** How each case ended, by its name: `kept`, or what went wrong. */
export type Outcomes = Readonly<Record<string, string>>;

/**
 * Runs the contract over this runtime's own fetch. A browser answers Basic and Digest challenges of the
 * page's own origin by a dialog, unless it is told to leave its own credentials out.
 */
export async function run({ server, abilities }: Input): Promise<Outcomes> {
  const outcomes: Record<string, string> = {};
  const settings = "document" in globalThis ? { credentials: "omit" as const } : {};
  const connect: Trial["connect"] = (options) => {
    const api = createAuthFetch(options);
    return (input, init) => api(input, { ...settings, ...init });
  };
  for (const { name, run } of transportContract(...abilities)) {
    outcomes[name] = await outcomeOf(run({ server, connect }));
  }
  return outcomes;
}

/** In ten seconds at the latest: one case that hangs must not hide the others. */
async function outcomeOf(work: Promise<void>): Promise<string> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, 10_000, "not done after ten seconds");
  });
  const done = work.then(
    () => "kept",
    (error) => String(error?.stack ?? error),
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
