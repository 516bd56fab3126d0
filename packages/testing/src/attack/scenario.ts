import type { RawAnswer, RawRequest } from "../adapter-contract/exchange.ts";
import type { AttackCase } from "./case.ts";
import type { AttackContext } from "./context.ts";
import { type Finding, isAccepted } from "./judge.ts";
import type { AttackTarget } from "./target.ts";

/** What many requests are sent with. */
export interface Probe {
  readonly context: AttackContext;
  readonly target: AttackTarget;
  send(request: RawRequest): Promise<RawAnswer>;
  /** How often keys were fetched so far; `undefined` where that is not seen. */
  fetches(): number | undefined;
}

/** A case of more than one request. */
export interface Scenario {
  readonly id: string;
  readonly source: string;
  readonly isControl?: boolean;
  readonly expected: string;
  run(probe: Probe): Promise<Finding | undefined>;
}

export async function sendMany(count: number, send: (at: number) => Promise<RawAnswer>) {
  return Promise.all(Array.from({ length: count }, (_, at) => send(at)));
}

/** Of one request that is sent ten times at once, all but one are replays. */
export const acceptedOnce =
  (request: AttackCase["request"]): Scenario["run"] =>
  async (probe) => {
    const made = await request(probe.context);
    const accepted = (await sendMany(10, () => probe.send(made))).filter(isAccepted).length;
    if (accepted === 0) return { grade: "refused-control", found: "never accepted" };
    return accepted > 1 ? { grade: "hole", found: `accepted ${accepted} times` } : undefined;
  };
