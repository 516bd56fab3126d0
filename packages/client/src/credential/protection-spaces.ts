/** What a challenge says about where it holds. */
interface Challenged {
  readonly realm: string;
  /** URIs, separated by spaces (RFC 7616 §3.3). */
  readonly domain: string | undefined;
}

/** One space: what was asked for there, and the beginnings of its URLs. */
interface Space<T> {
  readonly origin: string;
  readonly asked: T;
  readonly prefixes: readonly string[];
}

/** More than servers have; the one that was asked about longest ago is forgotten, and asks again. */
const limit = 100;

/**
 * What servers asked for, by protection space: the URLs a challenge names, or else its whole origin
 * (RFC 7616 §3.3). No space reaches beyond the origin that was asked.
 */
export function createProtectionSpaces<T extends Challenged>() {
  let spaces: readonly Space<T>[] = [];

  /** The space of a URL: the one whose prefix says most about it, and of several the latest. */
  function spaceOf({ href }: URL): Space<T> | undefined {
    const fit = ({ prefixes }: Space<T>) =>
      Math.max(...prefixes.map((prefix) => (href.startsWith(prefix) ? prefix.length : 0)));
    const fitting = spaces.filter((space) => fit(space) > 0);
    return fitting.sort((one, other) => fit(other) - fit(one))[0];
  }

  function drop(url: URL): void {
    const old = spaceOf(url);
    spaces = spaces.filter((space) => space !== old);
  }

  return {
    find: (url: URL): T | undefined => spaceOf(url)?.asked,
    drop,
    /** Takes the place of what the same realm of this origin asked for before. */
    put(url: URL, asked: T): void {
      const { origin } = url;
      const named = asked.domain?.match(/\S+/g)?.map((uri) => URL.parse(uri, url.href)?.href ?? "");
      const within = named?.filter((prefix) => prefix.startsWith(`${origin}/`));
      // Whoever names other origins alone still asked here.
      const prefixes = within ? [...within, origin + url.pathname] : [`${origin}/`];
      const others = spaces.filter(
        (space) => space.origin !== origin || space.asked.realm !== asked.realm,
      );
      spaces = [{ origin, asked, prefixes }, ...others].slice(0, limit);
    },
  };
}
