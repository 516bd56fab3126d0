import { ConfigurationError } from "../wire/configuration-error.ts";
import { type Hop, readForwarded, readXForwarded } from "./forwarded.ts";
import { parseAddressBlock, parseIpAddress } from "./ip-address.ts";

/** A party to a connection, and what is known of it. */
export interface Peer {
  readonly address: string | undefined;
  readonly secure: boolean;
}

/**
 * The proxies in front of a service, whose word is taken for who called, and whether over TLS:
 * {@link xForwarded} or {@link forwarded}. Given who is at the other end of the connection, it gives
 * who called: as long as that is a trusted proxy, the one before it. It gives the very same peer where
 * it passed no proxy.
 */
export type TrustedProxies = (peer: Peer, header: (name: string) => string | undefined) => Peer;

/**
 * Believes the fields `X-Forwarded-For` and `X-Forwarded-Proto` of proxies that connect from these
 * addresses, and no field `Forwarded`, which is then as the caller wrote it.
 *
 * @param addresses IP addresses, and blocks of them: `"10.0.0.0/8"`, `"fd00::/8"`
 * @throws ConfigurationError when one is neither
 * @example
 * createGuard({ publicUrl: "https://api.example.com", trustedProxies: xForwarded("10.0.0.0/8"), … });
 */
export function xForwarded(...addresses: readonly string[]): TrustedProxies {
  return believe(addresses, readXForwarded);
}

/**
 * Believes the field `Forwarded` (RFC 7239) of proxies that connect from these addresses, and no field
 * `X-Forwarded-…`, which is then as the caller wrote it.
 *
 * @param addresses IP addresses, and blocks of them: `"10.0.0.0/8"`, `"fd00::/8"`
 * @throws ConfigurationError when one is neither
 * @example
 * createGuard({ publicUrl: "https://api.example.com", trustedProxies: forwarded("10.0.0.0/8"), … });
 */
export function forwarded(...addresses: readonly string[]): TrustedProxies {
  return believe(addresses, readForwarded);
}

function believe(addresses: readonly string[], readHops: typeof readForwarded): TrustedProxies {
  const blocks = addresses.map((text) => {
    const block = parseAddressBlock(text);
    if (block !== undefined) return block;
    throw new ConfigurationError(
      `trustedProxies: "${text}" is no IP address and no block of them. Write "10.1.2.3", or "10.0.0.0/8" with nothing set behind the prefix.`,
    );
  });
  if (blocks.length === 0) {
    throw new ConfigurationError(
      'trustedProxies: say which addresses they connect from: xForwarded("10.0.0.0/8").',
    );
  }
  const isTrusted = (address: string | undefined): boolean => {
    const bytes = address === undefined ? undefined : parseIpAddress(address);
    return bytes !== undefined && blocks.some((block) => block(bytes));
  };
  return (peer, header) =>
    isTrusted(peer.address) ? walk(peer, readHops(header), isTrusted) : peer;
}

/** From the nearest proxy outwards: what stands before the first untrusted address is a caller's text. */
function walk(
  peer: Peer,
  hops: readonly Hop[],
  isTrusted: (address: string | undefined) => boolean,
): Peer {
  let caller = peer;
  for (const { address, secure } of hops.toReversed()) {
    // A proxy that names no address: the nearest that is known stands for who is behind it.
    caller = { address: address ?? caller.address, secure };
    if (!isTrusted(address)) break;
  }
  return caller;
}
