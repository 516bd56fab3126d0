const [quote, colon, backslash] = [0x22, 0x3a, 0x5c];
const strictUtf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A JSON object's members, from nobody knows where. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON object that these bytes are, or `undefined`: valid UTF-8 without a byte-order mark, one
 * object, and no member named twice at any depth, since readers disagree on which one counts
 * (RFC 8259 §4, RFC 7519 §4).
 */
export function parseJsonObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(strictUtf8.decode(bytes));
    // Of members with one name, however it is spelled, `JSON.parse` keeps the last.
    return isJsonObject(value) && countNames(bytes) === freezeMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is a JSON object: neither `null` nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How many members are named in a JSON text: as many as there are colons outside its strings. */
function countNames(json: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < json.length; at++) {
    if (json[at] === colon) count++;
    else if (json[at] === quote) at = endOfString(json, at);
  }
  return count;
}

function endOfString(json: Uint8Array, start: number): number {
  let at = start + 1;
  while (json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at;
}

/** Freezes a JSON value, all the way down and however deep that is, and counts its members. */
function freezeMembers(root: object): number {
  let count = 0;
  const found: object[] = [root];
  for (const value of found) {
    const members: unknown[] = Array.isArray(value) ? value : Object.values(value);
    if (members !== value) count += members.length;
    for (const member of members) {
      if (typeof member === "object" && member !== null) found.push(member);
    }
    Object.freeze(value);
  }
  return count;
}
