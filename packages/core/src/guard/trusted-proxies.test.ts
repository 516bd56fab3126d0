import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { forwarded, xForwarded } from "./trusted-proxies.ts";

type Fields = Readonly<Record<string, string>>;

const addresses = ["10.0.0.0/8", "::1"];
const edge = "10.0.0.1";

/** The caller of a request that came from `peer` over a plain connection. */
function callerOf(believe: typeof forwarded, peer: string | undefined, sent: Fields) {
  const { address, secure } = believe(...addresses)(
    { address: peer, secure: false },
    (name) => sent[name],
  );
  return [address, secure];
}

describe("X-Forwarded-For and X-Forwarded-Proto", () => {
  const from = (peer: string | undefined, chain?: string, protocol?: string) =>
    callerOf(xForwarded, peer, {
      ...(chain !== undefined && { "x-forwarded-for": chain }),
      ...(protocol !== undefined && { "x-forwarded-proto": protocol }),
    });

  test.each([
    ["one proxy", edge, "203.0.113.7", "https", "203.0.113.7"],
    ["two proxies", edge, "203.0.113.7, 10.2.2.2", "https", "203.0.113.7"],
    ["proxies alone", edge, "10.3.3.3,10.2.2.2", "https", "10.3.3.3"],
    ["IPv6", "::1", "2001:db8::7", "https", "2001:db8::7"],
    ["an address with a port", edge, "203.0.113.7:4711", "https", "203.0.113.7"],
    ["IPv6 with a port", edge, "[2001:db8::7]:4711", "https", "2001:db8::7"],
    ["a protocol in capitals", edge, "203.0.113.7", "HTTPS", "203.0.113.7"],
    ["a mapped address of a proxy", "::ffff:10.0.0.1", "203.0.113.7", "https", "203.0.113.7"],
    ["the protocol alone", edge, undefined, "https", edge],
    ["every proxy adds the protocol", edge, "203.0.113.7, 10.2.2.2", "https,https", "203.0.113.7"],
  ])("%s: secure", (_what, peer, chain, protocol, address) => {
    expect(from(peer, chain, protocol)).toEqual([address, true]);
  });

  test.each([
    ["not https", "203.0.113.7", "http", "203.0.113.7"],
    ["no protocol", "203.0.113.7", undefined, "203.0.113.7"],
    ["an empty protocol", "203.0.113.7", "", "203.0.113.7"],
    ["a caller's protocol before the proxy's", "203.0.113.7", "https, http", "203.0.113.7"],
    ["a caller's protocol behind it", "203.0.113.7", "http, https", "203.0.113.7"],
    ["no https but something like it", "203.0.113.7", "https:", "203.0.113.7"],
    ["wss", "203.0.113.7", "wss", "203.0.113.7"],
  ])("%s: not secure", (_what, chain, protocol, address) => {
    expect(from(edge, chain, protocol)).toEqual([address, false]);
  });

  test.each([
    ["a caller who writes addresses of their own", "127.0.0.1, 10.9.9.9, 203.0.113.7"],
    ["a caller who writes rubbish", "rubbish, 203.0.113.7"],
    ["a caller who writes a comma", ",,203.0.113.7"],
  ])("%s is the one whom the proxy saw", (_what, chain) => {
    expect(from(edge, chain, "https")).toEqual(["203.0.113.7", true]);
  });

  test("an address that cannot be read leaves the proxy that wrote it", () => {
    expect(from(edge, "unknown", "https")).toEqual([edge, true]);
    expect(from(edge, "203.0.113.7, unknown, 10.2.2.2", "https")).toEqual(["10.2.2.2", true]);
    expect(from(edge, "", "https")).toEqual([edge, true]);
    for (const chain of ["x203.0.113.7:80", "203.0.113.7:80x y", "[::1]203.0.113.7:80", "x[::1]"]) {
      expect(from(edge, chain, "https")).toEqual([edge, true]);
    }
  });

  test("from anyone else nothing is believed", () => {
    for (const peer of ["203.0.113.9", "11.0.0.1", "127.0.0.1", "rubbish", undefined]) {
      expect(from(peer, "203.0.113.7", "https")).toEqual([peer, false]);
    }
  });

  test("a proxy that forwards nothing is the caller", () => {
    const pass = xForwarded(...addresses);
    const peer = { address: edge, secure: true };
    const others = (name: string) => (name === "forwarded" ? "for=203.0.113.7" : undefined);
    expect(pass(peer, others)).toBe(peer);
  });
});

describe("Forwarded (RFC 7239)", () => {
  const from = (field: string, peer = edge) => callerOf(forwarded, peer, { forwarded: field });

  test.each([
    // §4, and §6.3 for the port
    ["for=192.0.2.60;proto=https;by=203.0.113.43", "192.0.2.60"],
    ['For="[2001:db8:cafe::17]:4711";Proto=HTTPS', "2001:db8:cafe::17"],
    ['for="192.0.2.43:47011";proto="https"', "192.0.2.43"],
    ['proto=https;for="\\192.0.2.43";host="a,b;c\\"d"', "192.0.2.43"],
    ["for=192.0.2.43;proto=http, for=198.51.100.17;proto=https", "198.51.100.17"],
    ["for=192.0.2.43;proto=https,for=10.0.0.2;proto=http", "192.0.2.43"],
  ])("%s: secure", (field, address) => {
    expect(from(field)).toEqual([address, true]);
  });

  test.each([
    ["for=192.0.2.43", "192.0.2.43"],
    ["for=192.0.2.43;proto=http", "192.0.2.43"],
    ["for=192.0.2.43;proto=https, for=198.51.100.17", "198.51.100.17"],
    ["for=192.0.2.43;proto=https, for=198.51.100.17;proto=http", "198.51.100.17"],
    // §6.1 and §6.2: who is behind it remains unsaid
    ["for=unknown;proto=http", edge],
    ["for=_hidden;proto=http", edge],
    ["proto=http", edge],
    // A caller's text that would swallow the proxy's, or that cannot be read
    ['for=1.2.3.4;proto=https;x=", for=192.0.2.43;proto=http', edge],
    ['for=1.2.3.4;proto=https;x=", for="[2001:db8::7]";proto=http', edge],
    ["for=1.2.3.4;proto=https for=192.0.2.43;proto=https", edge],
    ["for=[2001:db8::7];proto=https", edge],
    ["for=1.2.3.4;proto=https, for=[2001:db8::7];proto=http", edge],
    ["for=1.2.3.4;proto=https, rubbish", edge],
    ["=;=,", edge],
    [", for=192.0.2.43;proto=https", edge],
  ])("%s: not secure", (field, address) => {
    expect(from(field)).toEqual([address, false]);
  });

  test("what cannot be read is not secure, though its proxy connects over TLS", () => {
    for (const field of ["rubbish", "for=192.0.2.43;proto=https, rubbish", ";"]) {
      const peer = { address: edge, secure: true };
      expect(forwarded(...addresses)(peer, () => field)).toEqual({ address: edge, secure: false });
    }
  });

  test("what is hidden is hidden, and the rest counts", () => {
    expect(from("for=192.0.2.43, for=_secret;proto=https")).toEqual([edge, true]);
  });

  test("from anyone else nothing is believed, and neither are the other fields", () => {
    expect(from("for=192.0.2.43;proto=https", "203.0.113.9")).toEqual(["203.0.113.9", false]);
    const others = { "x-forwarded-for": "192.0.2.43", "x-forwarded-proto": "https" };
    expect(callerOf(forwarded, edge, others)).toEqual([edge, false]);
  });

  test("a field of 100 kB of quotes takes no longer than its length", () => {
    expect(from(`for="${"\\".repeat(100_001)}`)).toEqual([edge, false]);
    expect(from('a="" ;'.repeat(20_000))).toEqual([edge, false]);
  });
});

describe("what cannot be right", () => {
  test.each([
    [[], "say which addresses"],
    [["10.0.0.0/8", "proxy.internal"], '"proxy.internal"'],
    [["10.0.0.1/8"], "nothing set behind the prefix"],
    [[""], '""'],
    [["10.0.0.1, 10.0.0.2"], "no IP address"],
  ])("%j", (given, message) => {
    for (const believe of [xForwarded, forwarded]) {
      expect(() => believe(...given)).toThrow(ConfigurationError);
      expect(() => believe(...given)).toThrow(message);
    }
  });
});
