/** What is not seen as what it is: control, direction, zero-width and unassigned characters. */
const unseen = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A string as JavaScript. */
export function quoteScript(text: string): string {
  return quoteJson(text, (code) => `\\u{${code.toString(16)}}`);
}

/** A string as Python, which reads JSON's escapes as they are meant. */
export function quotePython(text: string): string {
  return quoteJson(text, (code) => (code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`));
}

/** The value of an environment variable, in Python. */
export function environment(name: string): string {
  return `os.environ[${quotePython(name)}]`;
}

function quoteJson(text: string, write: (code: number) => string): string {
  return JSON.stringify(text).replace(unseen, (character) => write(character.codePointAt(0) ?? 0));
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/** A word of a POSIX shell: `text`, then the values of variables. */
export function quoteShell(text: string, ...variables: readonly string[]): string {
  const plain = /^[\w@%+=:,./ -]*$/.test(text);
  const values = variables.map((name) => `$${name}`).join("");
  if (values !== "" && plain) return `"${text}${values}"`;
  if (text !== "" && plain && !text.includes(" ")) return text;
  const quoted = `'${text.replaceAll("'", `'\\''`)}'`;
  return values === "" ? quoted : `${quoted}"${values}"`;
}

/**
 * Whether a shell's quotes keep a text as it is, pasted into a terminal too: some control characters
 * are commands to it, wherever they stand.
 */
export function fitsShell(text: string): boolean {
  return !/[^\P{C}\n\t]/u.test(text);
}
