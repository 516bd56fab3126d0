import { introspectionUnavailable } from "../guard/outages.ts";
import { type Unavailable, unavailable } from "../guard/verdict.ts";
import { sha256 } from "../wire/sha256.ts";
import { type Answer, type Ask, TokenNotTaken } from "./answer.ts";

/** How long answers are remembered, and how many. */
export interface AnswerLifetime {
  /**
   * Seconds for which a token counts as active without asking again, and at most as long as it goes on
   * being accepted after it was revoked. Default, and the most there is: 30; never past its `exp`.
   */
  readonly active?: number;
  /** Seconds for which a token counts as not active without asking again. Default 5, 30 at most. */
  readonly inactive?: number;
  /** How many answers of each kind are remembered. Default 10 000. */
  readonly limit?: number;
}

/** An answer, in a member: an issuer may say anything, and what it says is not ours. */
export interface Told {
  readonly answer: Answer;
}

const second = 1000;
const longestBackoff = 30_000;

/**
 * Remembers answers, under digests of the tokens. One question at a time about a token, however many
 * wait for it; none while the issuer is down, but for one now and then to see whether it is back.
 */
export function rememberAnswers(ask: Ask, lifetime: Required<AnswerLifetime>) {
  // Apart, so that a flood of made-up tokens drives out no good one.
  const active = createMemory(lifetime.limit);
  const inactive = createMemory(lifetime.limit);
  const flights = new Map<string, Promise<Told | Unavailable>>();
  let failures = 0;
  let failure: unknown;
  let retryAt = Number.NEGATIVE_INFINITY;
  let isProbing = false;

  const down = (now: number, cause: unknown): Unavailable => {
    const retryAfter = Math.max(1, Math.ceil((retryAt - now) / second));
    return unavailable(introspectionUnavailable, { retryAfter, cause });
  };

  const remember = (key: string, answer: Answer, now: number) => {
    if (!answer.active) return inactive.keep(key, answer, now, now + lifetime.inactive * second);
    const end = now + lifetime.active * second;
    const exp = typeof answer.exp === "number" ? answer.exp * second : end;
    active.keep(key, answer, now, Math.min(end, exp));
  };

  const fly = async (key: string, token: string, now: number) => {
    const isProbe = failures > 0;
    if (isProbe) isProbing = true;
    try {
      const answer = await ask(token, now);
      failures = 0;
      remember(key, answer, now);
      return { answer };
    } catch (error) {
      // Of many that failed at once, one counts; and a token that is not taken says nothing of others.
      if (!(error instanceof TokenNotTaken) && now >= retryAt) {
        failure = error;
        retryAt = now + Math.min(longestBackoff, second * 2 ** failures);
        failures += 1;
      }
      return down(now, error);
    } finally {
      if (isProbe) isProbing = false;
      flights.delete(key);
    }
  };

  return async (token: string, now: number): Promise<Told | Unavailable> => {
    const key = await sha256(token);
    const known = active.find(key, now) ?? inactive.find(key, now) ?? flights.get(key);
    if (known !== undefined) return known;
    if (failures > 0 && (isProbing || now < retryAt)) return down(now, failure);
    const flight = fly(key, token, now);
    flights.set(key, flight);
    return flight;
  };
}

interface Remembered extends Told {
  readonly from: number;
  readonly until: number;
}

/** A bounded memory: the oldest answer makes room for the next, and is asked for again. */
function createMemory(limit: number) {
  const answers = new Map<string, Remembered>();
  return {
    find(key: string, now: number): Told | undefined {
      const known = answers.get(key);
      // A clock that is set back must not lengthen a life.
      return known && known.from <= now && now < known.until ? known : undefined;
    },
    keep(key: string, answer: Answer, from: number, until: number): void {
      answers.delete(key);
      if (until <= from) return;
      const [oldest] = answers.keys();
      if (answers.size >= limit && oldest !== undefined) answers.delete(oldest);
      answers.set(key, { answer, from, until });
    },
  };
}
