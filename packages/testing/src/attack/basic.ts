import { get } from "../adapter-contract/case.ts";
import type { PasswordCaller } from "./callers.ts";
import { type AttackCase, type GroupedCase, groupOf } from "./case.ts";
import { NotRun } from "./context.ts";

/** A request with credentials that are made of the good ones. */
export const presenting =
  (toCredentials: (caller: PasswordCaller) => string, scheme = "Basic"): AttackCase["request"] =>
  (context) =>
    get("/basic", [["authorization", `${scheme} ${toCredentials(context.caller("basic"))}`]]);
export const encoded = (text: string, encoding: BufferEncoding = "utf8") =>
  Buffer.from(text, encoding).toString("base64");
const rightly = ({ username, password }: PasswordCaller) => encoded(`${username}:${password}`);
const withPassword = (change: (password: string) => string) =>
  presenting(({ username, password }) => {
    const changed = change(password);
    if (changed === password) throw new NotRun("changed so, the password is the same");
    return encoded(`${username}:${changed}`);
  });

/** What only some passwords can show. */
function having(pattern: RegExp, what: string, { password }: PasswordCaller): void {
  if (!pattern.test(password)) throw new NotRun(`the password has no ${what}`);
}
const latin1 = /^(?=.*[\u0080-\u00ff])[\u0020-\u00ff]+$/;

const refused = { status: 401, reason: "password_invalid" };
/** What cannot be read is a bad request for some. */
const unreadable = { ...refused, also: [400] };

const cases: readonly GroupedCase[] = [
  { id: "good-basic", expect: "accept", request: presenting(rightly) },
  {
    id: "good-basic-scheme-in-lower-case",
    source: "RFC 9110 §11.1",
    expect: "accept",
    request: presenting(rightly, "basic"),
  },
  { id: "basic-wrong-password", expect: refused, request: withPassword((text) => `${text}x`) },
  {
    id: "basic-password-cut-short",
    source: "OWASP ASVS 6.2.8",
    expect: refused,
    request: withPassword((text) => text.slice(0, -1)),
  },
  {
    id: "basic-password-in-other-case",
    source: "OWASP ASVS 6.2.8",
    expect: refused,
    request: withPassword(inOtherCase),
  },
  { id: "basic-password-empty", expect: refused, request: withPassword(() => "") },
  {
    id: "basic-unknown-user",
    expect: refused,
    request: presenting(({ username, password }) => encoded(`not-${username}:${password}`)),
  },
  {
    id: "basic-no-colon",
    expect: unreadable,
    request: presenting(({ username }) => encoded(username)),
  },
  {
    id: "basic-not-base64",
    expect: unreadable,
    request: presenting(({ username }) => `!${encodeURIComponent(username)}!`),
  },
  { id: "basic-empty", expect: unreadable, request: presenting(() => encoded(":")) },
  {
    id: "basic-credentials-under-bearer",
    source: "CVE-2026-47673",
    expect: { status: 401, reason: "scheme_not_admitted" },
    request: presenting(rightly, "Bearer"),
  },
  {
    id: "good-basic-colon-in-password",
    expect: "accept",
    request: presenting((caller) => {
      having(/:/, "colon", caller);
      return rightly(caller);
    }),
  },
  {
    id: "basic-password-up-to-its-colon",
    expect: refused,
    request: presenting((caller) => {
      having(/:/, "colon", caller);
      return encoded(`${caller.username}:${caller.password.split(":")[0]}`);
    }),
  },
  {
    id: "good-basic-utf8",
    source: "RFC 7617 §2.1",
    expect: "accept",
    request: presenting((caller) => {
      having(/[^\0-\x7f]/, "letter beyond ASCII", caller);
      return rightly(caller);
    }),
  },
  {
    id: "basic-latin1",
    source: "RFC 7617 §2.1",
    isLenient: true,
    expect: refused,
    request: presenting((caller) => {
      having(latin1, "letter of Latin-1 alone", caller);
      return encoded(`${caller.username}:${caller.password}`, "latin1");
    }),
  },
  { id: "good-basic-after-all-that", expect: "accept", request: presenting(rightly) },
];

export const basicCases = groupOf("basic", "RFC 7617 §2", cases);

/** Every letter that has another case, in it. */
export function inOtherCase(text: string): string {
  const swap = (letter: string) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  return Array.from(text, swap).join("");
}
