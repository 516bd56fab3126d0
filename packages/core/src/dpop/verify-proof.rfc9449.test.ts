/** The examples of RFC 9449, as they stand there. */
import { EmbeddedJWK, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { alter, requestOf as plainRequest } from "../guard/request.fixture.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { jwkThumbprint } from "../wire/jwk-thumbprint.ts";
import { dpop } from "./dpop.ts";
import { parseProof } from "./parse-proof.ts";

// §7.1: the request's token and proof.
const token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
const proof =
  "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik" +
  "VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCR" +
  "nMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JE" +
  "QSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIj" +
  "oiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0Z" +
  "WRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNF" +
  "c05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71E" +
  "OptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
// §6.1.
const thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
// §4.1: a proof for a token endpoint.
const tokenProof =
  "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik" +
  "VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCR" +
  "nMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JE" +
  "QSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIj" +
  "oiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwia" +
  "WF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg" +
  "4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

const now = 1562262618_000;

function check({ dpopField = proof, at = now, method = "GET", path = "/protectedresource" } = {}) {
  const replays = createMemoryReplays({ clock: { now: () => at } });
  const request = alter(plainRequest(), {
    method,
    url: `https://resource.example.org${path}`,
    header: (name) => (name === "dpop" ? dpopField : undefined),
  });
  const binding = { type: "dpop", thumbprint } as const;
  const presented = { request, token, authScheme: "DPoP", binding, now: at } as const;
  return dpop({ replays }).check(presented);
}

describe("the request of RFC 9449 §7.1", () => {
  test("holds, at its time", async () => {
    expect(await check()).toEqual({ binding: { type: "dpop", thumbprint } });
    expect(await check({ path: "/protectedresource?page=2" })).toMatchObject({
      binding: { thumbprint },
    });
  });

  test.each([
    ["another method", { method: "POST" }, "dpop_method_mismatch"],
    ["another URL", { path: "/other" }, "dpop_url_mismatch"],
    ["a minute later", { at: now + 61_000 }, "dpop_proof_untimely"],
    ["the proof of §4.1, which has no ath", { dpopField: tokenProof }, "dpop_proof_malformed"],
  ])("%s: refused", async (_name, changes, reason) => {
    expect(await check(changes)).toMatchObject({ kind: "rejected", reason });
  });

  test("its proof has the header and the claims of §4.2 and §7.1, and the jkt of §6.1", async () => {
    const parsed = parseProof(proof, ["ES256"], true);
    if ("expected" in parsed) throw new Error(parsed.expected);
    const jwk = {
      kty: "EC",
      x: "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
      y: "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
      crv: "P-256",
    };
    expect(parsed.jws.header).toEqual({ typ: "dpop+jwt", alg: "ES256", jwk });
    expect(parsed.claims).toEqual({
      jti: "e1j3V_bKic8-LAEB",
      htm: "GET",
      htu: "https://resource.example.org/protectedresource",
      iat: 1562262618,
      ath: "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo",
    });
    expect(await jwkThumbprint(parsed.jwk)).toBe(thumbprint);
  });
});

test("the proof of §4.1 is as it stands there", async () => {
  const { payload } = await jwtVerify(tokenProof, EmbeddedJWK, { typ: "dpop+jwt" });
  expect(payload).toEqual({
    jti: "-BwC3ESc6acc2lTc",
    htm: "POST",
    htu: "https://server.example.com/token",
    iat: 1562262616,
  });
});

describe("the token request of RFC 9449 §5, with the proof of §4.1", () => {
  const prove = ({ at = now, method = "POST", url = "https://server.example.com/token" } = {}) => {
    const replays = createMemoryReplays({ clock: { now: () => at } });
    const checker = dpop({ replays });
    const header = (name: string) => (name === "dpop" ? tokenProof : undefined);
    const request = alter(plainRequest(), { method, url, header });
    return { prove: () => checker.prove({ request, now: at }) };
  };

  test("proves the key of §6.1, once", async () => {
    const request = prove();
    expect(await request.prove()).toEqual({ thumbprint });
    expect(await request.prove()).toMatchObject({ reason: "dpop_proof_replayed" });
  });

  test.each([
    ["another method", { method: "GET" }, "dpop_method_mismatch"],
    ["another URL", { url: "https://server.example.com/revoke" }, "dpop_url_mismatch"],
    ["a minute later", { at: now + 61_000 }, "dpop_proof_untimely"],
  ])("%s: refused", async (_name, changes, reason) => {
    expect(await prove(changes).prove()).toMatchObject({ kind: "rejected", reason });
  });
});
