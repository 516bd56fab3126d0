import { parseIpAddress } from "./ip-address.ts";

/** What one proxy says of whom it took a request from. */
export interface Hop {
  /** Absent where it does not tell, or tells no address. */
  readonly address: string | undefined;
  readonly secure: boolean;
}

type ReadField = (name: string) => string | undefined;

/** The hops that `X-Forwarded-For` and `X-Forwarded-Proto` tell of, the nearest last. */
export function readXForwarded(header: ReadField): readonly Hop[] {
  const addresses = header("x-forwarded-for")?.split(",");
  const protocols = header("x-forwarded-proto")?.split(",");
  if (addresses === undefined && protocols === undefined) return [];
  // Callers can add to the list, and nothing says which proxy wrote which part of it. So all of it
  // must say https: whatever a caller adds can only make it less secure.
  const secure = protocols?.every((each) => each.trim().toLowerCase() === "https") ?? false;
  return (addresses ?? [""]).map((each) => ({ address: readNode(each.trim()), secure }));
}

const pair =
  /\s*([!#$%&'*+\-.^_`|~\w]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+\-.^_`|~\w]+))\s*([;,]|$)/y;

/** The hops that `Forwarded` tells of (RFC 7239 §4), the nearest last. */
export function readForwarded(header: ReadField): readonly Hop[] {
  const field = header("forwarded");
  if (field === undefined) return [];
  const hops: Hop[] = [];
  let current: Record<string, string> = {};
  let at = 0;
  while (at < field.length) {
    pair.lastIndex = at;
    const match = pair.exec(field);
    // What follows what cannot be read may be anybody's.
    if (match === null) return [{ address: undefined, secure: false }];
    const [whole, name = "", quoted, token = "", end] = match;
    current[name.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? token;
    at += whole.length;
    if (end === ";") continue;
    const { for: node = "", proto } = current;
    hops.push({ address: readNode(node), secure: proto?.toLowerCase() === "https" });
    current = {};
  }
  return hops;
}

/** The address of a node, without its port (RFC 7239 §6); some proxies write one in X-Forwarded-For. */
function readNode(node: string): string | undefined {
  const [, six, four] = /^\[([^\]]*)\](?::\w+)?$|^([\d.]+):\w+$/.exec(node) ?? [];
  const address = six ?? four ?? node;
  return parseIpAddress(address) && address;
}
