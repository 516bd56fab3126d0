import { ConfigurationError, type Secret, toSecret } from "@countersign/core/wire";
import type { BasicOptions } from "./basic.ts";

/** A word, in quotes where it has spaces; a comment ends with its line. */
const word = /#[^\n]*|"((?:[^"\\]|\\.)*)"|[^\s"#][^\s]*|(")/gs;
/** A macro goes on to the next empty line, and is for ftp alone. */
const macro = /(^|\s)macdef\s.*?(?=\n[\t ]*\r?\n|$)/gs;

/**
 * User name and password of a host, out of the text of a `.netrc` file: its own entry, or else `default`.
 * `undefined` when it has neither, or the entry has no login. The order in the file decides, as in curl.
 *
 * @param host the host name alone, without a port
 * @throws ConfigurationError when the text is no such file; nothing of it is repeated
 * @example
 * const login = readNetrc("machine api.example.com login ada password s3cret", "api.example.com");
 * const credential = login && basic(login);
 */
export function readNetrc(text: string, host: string): BasicOptions | undefined {
  const words = toWords(text.replace(macro, ""));
  let entry: { login?: string; password?: Secret } | undefined;
  for (let at = 0; at < words.length; at++) {
    const keyword = words[at];
    if (keyword === "machine" || keyword === "default") {
      if (entry) break;
      const isOurs =
        keyword === "default" || value(words, ++at).toLowerCase() === host.toLowerCase();
      if (isOurs) entry = {};
    } else if (keyword === "login" || keyword === "password" || keyword === "account") {
      const given = value(words, ++at);
      if (entry && keyword === "login") entry.login = given;
      if (entry && keyword === "password") entry.password = toSecret(given);
    } else {
      throw malformed();
    }
  }
  if (!entry?.login || !entry.password) return undefined;
  return { username: entry.login, password: entry.password };
}

function toWords(text: string): string[] {
  return Array.from(text.matchAll(word)).flatMap(([whole, quoted, open]) => {
    if (open !== undefined) throw malformed();
    if (whole.startsWith("#")) return [];
    return [quoted === undefined ? whole : quoted.replace(/\\(.)/gs, "$1")];
  });
}

function value(words: readonly string[], at: number): string {
  const found = words[at];
  if (found === undefined) throw malformed();
  return found;
}

function malformed(): ConfigurationError {
  return new ConfigurationError(
    "readNetrc: this is no netrc file. It has entries like: machine HOST login NAME password WORD.",
  );
}
