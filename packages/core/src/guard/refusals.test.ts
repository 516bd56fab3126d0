import { describe, expect, test } from "vitest";
import * as outages from "./outages.ts";
import type { RejectionReason } from "./refusal.ts";
import * as refusals from "./refusals.ts";
import { rejected, unavailable } from "./verdict.ts";

const every = Object.values(refusals);

describe("every refusal", () => {
  for (const refusal of every) {
    test(refusal.reason, () => {
      const { status, error, description } = rejected(refusal);
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
  const isOfTokens = ({ reason }: { reason: RejectionReason }) =>
    tokens.includes(reason) || reason.startsWith("token_");
  const ofTokens = every.filter(isOfTokens);
  expect(ofTokens.length).toBeGreaterThan(tokens.length);
  for (const refusal of ofTokens) {
    expect(rejected(refusal)).toMatchObject({ status: 401, error: "invalid_token" });
  }
});

test("a caller without a credential is told no error (RFC 6750 §3.1)", () => {
  for (const refusal of [refusals.credentialMissing, refusals.schemeNotAdmitted]) {
    expect(rejected(refusal)).toMatchObject({ status: 401, error: undefined });
  }
});

test("descriptions are fixed: two refusals for one reason say the same", () => {
  const more = { details: { found: "planted" }, scheme: "planted", demand: { scope: ["planted"] } };
  for (const refusal of every) {
    expect(rejected(refusal, more).description).toBe(rejected(refusal).description);
  }
});

test("an outage says when to try again, and what is safe to say", () => {
  for (const outage of Object.values(outages)) {
    const verdict = unavailable(outage, { cause: new Error("planted"), retryAfter: 7 });
    expect(verdict).toMatchObject({ kind: "unavailable", ...outage, retryAfter: 7 });
    expect(verdict.description).not.toContain("planted");
    expect(unavailable(outage).retryAfter).toBeGreaterThan(0);
  }
});

test("each reason has one name, in the table and on the wire", () => {
  for (const [name, { reason }] of Object.entries({ ...refusals, ...outages })) {
    expect(reason.replace(/_(.)/g, (_, first) => first.toUpperCase())).toBe(name);
  }
});
