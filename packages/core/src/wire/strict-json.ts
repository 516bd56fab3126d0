const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A JSON object's members, from nobody knows where. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON object that these bytes are, or `undefined`: valid UTF-8 without a byte-order mark, one
 * object, and no member named twice at any depth, since readers disagree on which one counts
 * (RFC 8259 §4, RFC 7519 §4).
 */
export function parseJsonObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const text = strictUtf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (!isJsonObject(value) || hasDuplicateMembers(text)) return undefined;
    return value;
  } catch {
    return undefined;
  }
}

/** Whether a value is a JSON object: neither `null` nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Looks through a text that `JSON.parse` has taken, so only its strings and braces matter. */
function hasDuplicateMembers(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(undefined);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      const names = open.at(-1);
      if (names !== undefined && isMemberName(text, end)) {
        const raw = text.slice(at, end + 1);
        // Unescaped: "a" and "\u0061" are one name.
        const name: string = raw.includes("\\") ? JSON.parse(raw) : raw.slice(1, -1);
        if (names.has(name)) return true;
        names.add(name);
      }
      at = end;
    }
  }
  return false;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

function isMemberName(text: string, end: number): boolean {
  let at = end + 1;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  return text[at] === ":";
}
