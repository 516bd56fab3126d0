/**
 * An IP address as its 16 bytes, an IPv4 one mapped (RFC 4291 §2.5.5.2), so that the two ways in which
 * a socket may write one caller compare as equal; `undefined` when it is none.
 */
export function parseIpAddress(text: string): Uint8Array | undefined {
  const colon = text.lastIndexOf(":");
  const end = text.slice(colon + 1);
  if (!end.includes(".")) return parseGroups(text);
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(end)?.slice(1) ?? [];
  const [a = 256, b = 256, c = 256, d = 256] = four.map(Number);
  // A leading zero means octal to some.
  if (Math.max(a, b, c, d) > 255 || four.some((part) => /^0./.test(part))) return undefined;
  const groups = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  return parseGroups((colon < 0 ? "::ffff:" : text.slice(0, colon + 1)) + groups);
}

/** RFC 4291 §2.2, without its forms that end in IPv4. */
function parseGroups(text: string): Uint8Array | undefined {
  const [head = "", tail, ...rest] = text.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail ? tail.split(":") : [];
  const zeros = 8 - left.length - right.length;
  // "::" stands for one group or more.
  if (rest.length > 0 || (tail === undefined ? zeros !== 0 : zeros < 1)) return undefined;
  const groups = [...left, ...Array<string>(zeros).fill("0"), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]),
  );
}

/** A block of addresses: whether one lies in it. */
export type AddressBlock = (address: Uint8Array) => boolean;

/** A block in CIDR notation (RFC 4632 §3.1), or a single address; `undefined` when it is neither. */
export function parseAddressBlock(text: string): AddressBlock | undefined {
  const [start = "", length, ...rest] = text.split("/");
  const base = parseIpAddress(start);
  if (base === undefined || rest.length > 0) return undefined;
  const all = start.includes(":") ? 128 : 32;
  const bits = length === undefined ? all : /^\d{1,3}$/.test(length) ? Number(length) : Infinity;
  if (bits > all) return undefined;
  const prefix = bits + 128 - all;
  const isIn: AddressBlock = (address) => {
    for (let at = 0; at < prefix; at += 8) {
      const mask = prefix - at >= 8 ? 255 : 255 << (8 - (prefix - at));
      if ((((address[at / 8] ?? 0) ^ (base[at / 8] ?? 0)) & mask) !== 0) return false;
    }
    return true;
  };
  // Bits behind the prefix are a mistake that somebody would otherwise find out much later.
  const hasStrayBits = base.some((byte, at) => {
    const kept = Math.min(8, Math.max(0, prefix - at * 8));
    return (byte & (255 >> kept)) !== 0;
  });
  return hasStrayBits ? undefined : isIn;
}
