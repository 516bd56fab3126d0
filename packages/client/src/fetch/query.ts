/**
 * A URL with further query parameters. What is there keeps its bytes: signatures and caches look at
 * them.
 */
export function addQuery(url: URL, added: Readonly<Record<string, string>>): URL {
  const parts = [url.search.slice(1), new URLSearchParams(added).toString()];
  const result = new URL(url);
  result.search = parts.filter((part) => part !== "").join("&");
  return result;
}

/** A URL without the query parameters that `drop` names; the others keep their bytes. */
export function dropQuery(url: URL, drop: (name: string, value: string) => boolean): URL {
  const result = new URL(url);
  const kept = url.search
    .slice(1)
    .split("&")
    .filter((part) => ![...new URLSearchParams(part)].some(([name, value]) => drop(name, value)));
  result.search = kept.join("&");
  return result;
}
