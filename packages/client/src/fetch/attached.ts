import { type Secret, toSecret } from "@countersign/core/wire";
import { ensure } from "../client-error.ts";
import type { Attachment } from "../credential/credential.ts";
import type { Hop } from "./hop.ts";

/**
 * A hop with what is ours in it. Nothing of the caller's is overwritten: of two writers of one header,
 * the one who loses would never know.
 *
 * @throws ClientError `unsendable_credential`
 */
export function withAttachment<H extends Hop>(hop: H, attachment: Attachment): H {
  const url = new URL(hop.url);
  const headers = new Headers(hop.headers);
  for (const place in attachment) {
    const added = attachment[place as "headers"];
    for (const name in added) {
      const value = toSecret(added[name] as Secret).reveal();
      const pair = `${name}=${value}`;
      const cookie = headers.get("cookie");
      const taken =
        place === "query"
          ? url.searchParams.has(name)
          : place === "cookies"
            ? `; ${cookie}`.includes(`; ${name}=`)
            : headers.has(name);
      ensure(
        !taken && !/[\0\r\n]/.test(value), // the native error for a line break repeats the value
        `unsendable_credential: ${name} is taken or bad.`,
      );
      // What is in a query keeps its bytes: signatures and caches look at them.
      if (place === "query")
        url.search += `${url.search && "&"}${new URLSearchParams({ [name]: value })}`;
      else if (place === "cookies") headers.set("cookie", cookie ? `${cookie}; ${pair}` : pair);
      else headers.set(name, value);
    }
  }
  return { ...hop, url, headers };
}
