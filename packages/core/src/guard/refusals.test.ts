import { describe, expect, test } from "vitest";
import { type OutageReason, outages, type RejectionReason, refusals } from "./refusals.ts";
import { rejected, unavailable } from "./verdict.ts";

const reasons = Object.keys(refusals) as RejectionReason[];

describe("every refusal", () => {
  for (const reason of reasons) {
    test(reason, () => {
      const { status, error, description } = rejected(reason);
      // error_description = *(%x20-21 / %x23-5B / %x5D-7E) (RFC 6750 §3).
      expect(description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
      // What RFC 6750 §3.1 and RFC 9470 §3 say belongs together.
      const statuses: Record<string, number> = {
        invalid_request: 400,
        invalid_token: 401,
        insufficient_scope: 403,
        insufficient_user_authentication: 401,
      };
      if (error !== undefined && error in statuses) expect(status).toBe(statuses[error]);
      if (status === 400) expect(error).toBe("invalid_request");
    });
  }
});

test("every refusal of a token is invalid_token", () => {
  const tokens: RejectionReason[] = [
    "token_malformed",
    "token_type_mismatch",
    "algorithm_not_allowed",
    "issuer_mismatch",
    "key_not_found",
    "signature_invalid",
    "token_expired",
    "token_not_yet_valid",
    "audience_mismatch",
    "client_mismatch",
    "claim_invalid",
  ];
  for (const reason of tokens) {
    expect(rejected(reason)).toMatchObject({ status: 401, error: "invalid_token" });
  }
  const named = reasons.filter((reason) => reason.startsWith("token_"));
  for (const reason of named) expect(rejected(reason).error).toBe("invalid_token");
});

test("a caller without a credential is told no error (RFC 6750 §3.1)", () => {
  for (const reason of ["credential_missing", "scheme_not_admitted"] as const) {
    expect(rejected(reason)).toMatchObject({ status: 401, error: undefined });
  }
});

test("descriptions are fixed: two refusals for one reason say the same", () => {
  const more = { details: { found: "planted" }, scheme: "planted", demand: { scope: ["planted"] } };
  for (const reason of reasons) {
    expect(rejected(reason, more).description).toBe(rejected(reason).description);
  }
});

test("an outage says when to try again, and what is safe to say", () => {
  for (const reason of Object.keys(outages) as OutageReason[]) {
    const outage = unavailable(reason, { cause: new Error("planted"), retryAfter: 7 });
    expect(outage).toMatchObject({ kind: "unavailable", reason, retryAfter: 7 });
    expect(outage.description).not.toContain("planted");
    expect(unavailable(reason).retryAfter).toBeGreaterThan(0);
  }
});
