import { ConfigurationError } from "@countersign/core/wire";
import type { RawAnswer, RawRequest } from "../adapter-contract/exchange.ts";
import { type AttackCaseInfo, attackCases } from "./attack-cases.ts";
import { createAttackIssuer, isPublic } from "./attack-issuer.ts";
import { NotRun } from "./context.ts";
import { outsiderCases, scenarios } from "./corpus.ts";
import { type Finding, isControl, judge, mayBeCut } from "./judge.ts";
import { type AttackReport, type AttackResult, toReport } from "./report.ts";
import type { Probe } from "./scenario.ts";
import { type Call, Hang, type Send, type SendRaw, toExchange } from "./send.ts";
import type { AttackTarget } from "./target.ts";
import { toContext } from "./target-context.ts";

/** How an attack is led; nothing needs to be said. */
export interface AttackOptions {
  /** Only these groups, of those that `attackCases` names. Default: all. */
  readonly groups?: readonly string[];
  /** Sends what a `Request` cannot carry; without it, such cases are not run. */
  readonly sendRaw?: SendRaw;
  /** Milliseconds that an answer may take. Default 5000. */
  readonly timeLimit?: number;
  /** Hears of each case as soon as it is known what came of it. */
  onCase?(result: AttackResult): void;
}

/** After so many hangs in a row, an endpoint is given up. */
const patience = 3;

/**
 * Sends every attack to an endpoint, and good callers in between, and reports how it stood. It changes
 * nothing there but what its GET handlers change, and what counts wrong guesses. Attack only what is yours.
 *
 * @throws ConfigurationError when a group is none, the key cannot be used, or no good caller is known
 * @example
 * await using issuer = await createAttackIssuer();
 * const callers = { apiKey: { url: "http://127.0.0.1:3000/data", key } };
 * const report = await attack(fetch, { url: "http://127.0.0.1:3000/orders", issuer, callers });
 * console.log(formatReport(report));
 */
export async function attack(
  send: Send,
  target: AttackTarget,
  options: AttackOptions = {},
): Promise<AttackReport> {
  const { groups, onCase, sendRaw, timeLimit = 5000 } = options;
  const chosen = choose(groups);
  const exchange = toExchange(send, sendRaw, timeLimit);
  const { issuer, callers = {} } = target;
  if (issuer === undefined && Object.keys(callers).length === 0) {
    throw new ConfigurationError("The target needs an issuer, callers, or both.");
  }
  const own = issuer && !("key" in issuer) ? issuer : undefined;
  // Where the issuer is somebody else's, traps are put up for the time of the attack.
  await using traps = own ? undefined : await createAttackIssuer();
  const watched = own ?? traps;
  const context = toContext(target, watched?.url ?? "", exchange);
  const requests = () => watched?.requests ?? [];
  const probe: Probe = {
    ...{ context, target },
    send: (request) => exchange(toCall(request)),
    fetches: () => own?.requests.filter(isPublic).length,
  };
  const steps = new Map<string, () => Promise<Finding | undefined>>([
    ...outsiderCases.map((each) => [each.id, () => tryOnce(each)] as const),
    ...scenarios.map((each) => [each.id, () => each.run(probe)] as const),
  ]);

  const results: AttackResult[] = [];
  let hangs = 0;
  for (const each of chosen) {
    const isGivenUp = hangs >= patience;
    const result = isGivenUp
      ? toResult(each, "not-run", "the endpoint was given up after it hung", 0)
      : await watch(each, steps.get(each.id));
    if (!isGivenUp) hangs = result.found.startsWith("no answer within") ? hangs + 1 : 0;
    results.push(result);
    onCase?.(result);
  }
  return toReport(target.url, results);

  function toCall({ method = "GET", path, headers = [], body, direct }: RawRequest): Call {
    const url = context.urlOf(path);
    if (direct && url.startsWith("https:")) throw new NotRun("is for where there is no TLS");
    return { method, url, headers, ...(typeof body === "string" && { body }) };
  }

  async function tryOnce(each: (typeof outsiderCases)[number]): Promise<Finding | undefined> {
    const call = toCall(await each.request(context));
    let answer: RawAnswer;
    try {
      answer = await exchange(call);
    } catch (error) {
      const isGiven = error instanceof NotRun || error instanceof Hang;
      if (isGiven || !mayBeCut(call) || isControl(each)) throw error;
      return undefined;
    }
    return judge(each, call, answer, target);
  }

  async function watch(
    each: AttackCaseInfo,
    step: (() => Promise<Finding | undefined>) | undefined,
  ): Promise<AttackResult> {
    const before = requests().length;
    const start = performance.now();
    const took = () => Math.round(performance.now() - start);
    let finding: Finding | undefined;
    try {
      finding = await step?.();
    } catch (error) {
      if (error instanceof NotRun) return toResult(each, "not-run", error.message, took());
      finding = { grade: "crash", found: toText(error) };
    }
    const trapped = requests()
      .slice(before)
      .find((path) => !isPublic(path));
    if (trapped !== undefined && finding?.grade !== "hole") {
      finding = { grade: "hole", found: `it fetched ${trapped}, as the token told it to` };
    }
    if (finding === undefined) return toResult(each, "passed", each.expected, took());
    return { ...toResult(each, "finding", finding.found, took()), grade: finding.grade };
  }
}

function toResult(
  each: AttackCaseInfo,
  outcome: AttackResult["outcome"],
  found: string,
  milliseconds: number,
): AttackResult {
  return { ...each, outcome, found, milliseconds };
}

/** @throws ConfigurationError */
function choose(groups: readonly string[] | undefined): readonly AttackCaseInfo[] {
  if (groups === undefined) return attackCases;
  const known = [...new Set(attackCases.map(({ group }) => group))];
  const unknown = groups.find((group) => !known.includes(group));
  if (unknown !== undefined) {
    throw new ConfigurationError(`groups: "${unknown}" is none of ${known.join(", ")}.`);
  }
  return attackCases.filter(({ group }) => groups.includes(group));
}

/** Why there was no answer; the code says more than what fetch says. */
function toText(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string } };
  if (error instanceof Hang) return message;
  return `no answer: ${(error as { code?: string }).code ?? cause?.code ?? message}`;
}
