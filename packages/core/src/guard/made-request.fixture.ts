import type { AuthRequest } from "./request.ts";

/** A request made by hand, body and all. */
export function makeRequest(
  more: Partial<Omit<AuthRequest, "header" | "body">> & {
    readonly headers?: Readonly<Record<string, string>>;
    readonly content?: string | Uint8Array;
  } = {},
): AuthRequest & { readonly reads: number[] } {
  const { headers = {}, content = "", ...rest } = more;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const reads: number[] = [];
  return {
    method: "GET",
    url: "https://api.example.com/orders",
    address: "192.0.2.1",
    secure: true,
    certificate: undefined,
    ...rest,
    header: (name) => headers[name],
    body(limit) {
      reads.push(limit);
      return bytes.length > limit ? undefined : bytes;
    },
    /** The limits with which the body was asked for. */
    reads,
  };
}
