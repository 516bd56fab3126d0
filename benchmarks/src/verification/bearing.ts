import type { AuthRequest } from "@countersign/core";

/** A request with this Authorization field, as an adapter would view it. */
export function bearing(field: string): AuthRequest {
  return {
    method: "GET",
    url: "http://127.0.0.1/orders",
    header: (name) => (name === "authorization" ? field : undefined),
    body: () => undefined,
    address: "127.0.0.1",
    secure: false,
    certificate: undefined,
  };
}
