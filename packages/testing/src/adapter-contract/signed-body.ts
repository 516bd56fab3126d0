import { hash } from "node:crypto";
import {
  accepted,
  createPrincipal,
  type Principal,
  rejected,
  type Scheme,
} from "@countersign/core";
import { bodyTooLarge, signatureInvalid } from "@countersign/core/refusals";

const field = "x-body-sha256";

/** A scheme that reads bodies, and proves nothing but that it read the right bytes. */
export function signedBody(limit: number): Scheme<Principal<"signed-body">> {
  return {
    name: "signed-body",
    takes: [`header ${field}`],
    find(request) {
      const expected = request.header(field);
      if (expected === undefined) return undefined;
      return {
        location: field,
        async verify() {
          const body = await request.body(limit);
          if (body === undefined) return rejected(bodyTooLarge);
          if (digest(body) !== expected) return rejected(signatureInvalid);
          return accepted(createPrincipal({ scheme: "signed-body", subject: "signer" }));
        },
      };
    },
    challenges: () => [{ scheme: "SignedBody", params: {} }],
    describe: () => [{ type: "apiKey", in: "header", name: field }],
  };
}

/** The field that goes with a body. */
export function signBody(body: string): readonly [name: string, value: string] {
  return [field, digest(Buffer.from(body))];
}

function digest(bytes: Uint8Array): string {
  return hash("sha256", bytes, "base64url");
}
