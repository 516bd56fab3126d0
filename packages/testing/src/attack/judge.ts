import type { RawAnswer } from "../adapter-contract/exchange.ts";
import { secretsOf } from "./callers.ts";
import type { AttackCase, Refusal } from "./case.ts";
import type { Grade } from "./report.ts";
import type { Call } from "./send.ts";
import type { AttackTarget } from "./target.ts";

/** What is wrong with an answer. */
export interface Finding {
  readonly grade: Grade;
  readonly found: string;
}

/** What Node and most servers take as header; beyond it, they may refuse in their own ways. */
const usualLimit = 8192;

export const isControl = ({ expect }: Pick<AttackCase, "expect">) =>
  expect === "accept" || "subject" in expect;
export const isAccepted = ({ status }: RawAnswer) => status >= 200 && status < 300;

/** What is asked of an answer, in words. */
export function toExpected({ expect, isLenient = false }: AttackCase): string {
  if (expect === "accept") return isLenient ? "2xx, or a refusal" : "2xx";
  if ("subject" in expect) return `2xx, for ${expect.subject}`;
  return expect.status === 401 ? "401 with WWW-Authenticate" : `${expect.status}`;
}

/** Holds an answer against what a case asks for. */
export function judge(
  attack: AttackCase,
  call: Call,
  answer: RawAnswer,
  target: Pick<AttackTarget, "subjectOf" | "callers">,
): Finding | undefined {
  const { status } = answer;
  const isLarge = sizeOf(call) > usualLimit;
  const finding = isControl(attack)
    ? judgeControl(attack, answer, target)
    : judgeRefusal(attack, answer, isLarge);
  if (finding?.grade === "hole" || finding?.grade === "crash") return finding;
  if (!leaks(call, answer, target)) return finding;
  return { grade: "leak", found: `${status}, and a piece of the request in the answer` };
}

function judgeControl(
  { expect, isLenient }: AttackCase,
  answer: RawAnswer,
  target: Pick<AttackTarget, "subjectOf">,
): Finding | undefined {
  const found = `${answer.status}`;
  if (answer.status >= 500) return { grade: "crash", found };
  if (!isAccepted(answer)) return isLenient ? undefined : { grade: "refused-control", found };
  if (expect === "accept" || !("subject" in expect)) return undefined;
  return mixedUp(expect.subject, answer, target);
}

/** Of two subjects, whether the answer is the other's. */
export function mixedUp(
  subject: string,
  answer: RawAnswer,
  { subjectOf = subjectIn }: Pick<AttackTarget, "subjectOf">,
): Finding | undefined {
  const named = subjectOf(answer);
  if (named === undefined || named === subject) return undefined;
  return { grade: "hole", found: `${answer.status}, for ${named}` };
}

function subjectIn({ body }: RawAnswer): string | undefined {
  const named = ["ada", "bob"].filter((subject) => new RegExp(`\\b${subject}\\b`).test(body));
  return named.length === 1 ? named[0] : undefined;
}

function judgeRefusal(
  { expect, isLenient }: AttackCase,
  answer: RawAnswer,
  isLarge: boolean,
): Finding | undefined {
  if (expect === "accept" || "subject" in expect) return undefined;
  const { status, headers } = answer;
  const found = `${status}`;
  if (isAccepted(answer)) return { grade: isLenient ? "lax" : "hole", found };
  if (status === expect.status || isOtherwiseRight(status, expect, isLarge)) {
    const missing = status === 401 ? missingFrom(headers["www-authenticate"], expect) : undefined;
    return missing === undefined
      ? undefined
      : { grade: "deviation", found: `401 without ${missing}` };
  }
  return { grade: status >= 500 ? "crash" : "deviation", found };
}

function missingFrom(field: string | undefined, { challenge }: Refusal): string | undefined {
  if (!field) return "WWW-Authenticate (RFC 9110 §15.5.2)";
  const isThere = field
    .replaceAll('"', "")
    .toLowerCase()
    .includes(challenge ?? "");
  return isThere ? undefined : `${challenge} in WWW-Authenticate`;
}

/** What cannot be read is a bad request for some (RFC 6750 §3.1), and too large a one has its own codes. */
function isOtherwiseRight(
  status: number,
  { status: expected, reason, also = [] }: Refusal,
  isLarge: boolean,
): boolean {
  // Too many failures, of which there are some, may be answered so (RFC 6585 §4).
  if (status === 429 || also.includes(status)) return true;
  if (isLarge && [400, 413, 414, 431].includes(status)) return true;
  const isAboutForm = /_malformed$|_conflict$|^scheme_not_admitted$/.test(reason);
  return isAboutForm && [400, 401].includes(status) && [400, 401].includes(expected);
}

/** Whether a cut connection is a server's own limit. */
export function mayBeCut(call: Call): boolean {
  return sizeOf(call) > usualLimit;
}

function sizeOf({ url, headers }: Call): number {
  return url.length + headers.flat().reduce((sum, text) => sum + text.length, 0);
}

/** Whether an answer gives away what the request, or any good caller, proves itself with. */
function leaks(
  { url, headers }: Call,
  answer: RawAnswer,
  { callers = {} }: Pick<AttackTarget, "callers">,
): boolean {
  const told = `${JSON.stringify(answer.headers)}\n${answer.body}`;
  const carried = headers
    .filter(([name]) => !/^(origin|content-type)$/i.test(name))
    .map(([, value]) => value.replace(noSecrets, ""));
  const query = [...new URL(url).searchParams.values()];
  const pieces = [...carried, ...query].flatMap((text) => text.split(/[^\w%+/-]+/));
  const secrets = [...pieces.filter(({ length }) => length >= 16), ...secretsOf(callers)];
  return secrets.some((each) => told.includes(each));
}

/** What callers by Digest and OAuth 1.0a say beside their signature; most of it they were told. */
const noSecrets = /(nonce|opaque|realm|uri|username|oauth_consumer_key)="[^"]*"/g;
