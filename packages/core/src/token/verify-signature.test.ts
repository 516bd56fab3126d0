import type { JWK } from "jose";
import { describe, expect, test } from "vitest";
import { signatureCheck } from "#signature";
import { toSecretKey } from "../keys/secret-key.ts";
import { toVerificationKey, type VerificationKey } from "../keys/verification-key.ts";
import { decodeBase64Url, encodeBase64Url } from "../wire/base64url.ts";
import { parseToken } from "./parse-token.ts";
import { inForm } from "./signing.fixture.ts";
import { verifySignature } from "./verify-signature.ts";

// The payload of RFC 7515 A.1 to A.3; its white space and CRLF count.
const payload =
  "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const claims = { iss: "joe", exp: 1300819380, "http://example.com/is_root": true };

const vectors: {
  name: string;
  alg: string;
  token: string;
  key: VerificationKey | undefined;
  claims?: object;
}[] = [
  {
    name: "RFC 7515 A.1: HS256",
    alg: "HS256",
    token: `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
    key: toSecretKey(
      decodeBase64Url(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
      ) ?? "",
      ["HS256"],
    ),
    claims,
  },
  {
    name: "RFC 7515 A.2: RS256",
    alg: "RS256",
    token:
      `eyJhbGciOiJSUzI1NiJ9.${payload}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5R` +
      "Zmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTy" +
      "WzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZES" +
      "c6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQ" +
      "Ge77Rw",
    key: keyOf({
      kty: "RSA",
      n:
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0" +
        "Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXnd" +
        "S5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5Ihl" +
        "JH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
      e: "AQAB",
    }),
    claims,
  },
  {
    name: "RFC 7515 A.3: ES256",
    alg: "ES256",
    token: `eyJhbGciOiJFUzI1NiJ9.${payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
    key: keyOf({
      kty: "EC",
      crv: "P-256",
      x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }),
    claims,
  },
  {
    name: "RFC 7515 A.4: ES512, whose payload is no JSON",
    alg: "ES512",
    token:
      "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-" +
      "mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNr" +
      "mxYbSW9ERBXukOXolLzeO_Jn",
    key: keyOf({
      kty: "EC",
      crv: "P-521",
      x: "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
      y: "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
    }),
  },
  {
    name: "RFC 8037 A.4: EdDSA, whose payload is no JSON",
    alg: "EdDSA",
    token:
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvM" +
      "g3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    key: keyOf({ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }),
  },
];

for (const { name, alg, token, key, claims } of vectors) {
  describe(name, () => {
    test(claims ? "parses" : "is no JWT", () => {
      const parsed = parseToken(token);
      expect(parsed?.claims).toEqual(claims);
      expect(parsed?.header.alg).toBe(claims && alg);
    });

    test("the signature holds", async () => {
      expect(await verifySignature(inForm(token, alg), key as VerificationKey)).toBe(true);
    });

    test("and holds no more with one bit changed", async () => {
      const [header = "", body = "", seal = ""] = token.split(".");
      for (const part of [body, seal]) {
        const bytes = decodeBase64Url(part) ?? new Uint8Array();
        bytes[3] = (bytes[3] ?? 0) ^ 4;
        const parts =
          part === seal ? [body, encodeBase64Url(bytes)] : [encodeBase64Url(bytes), seal];
        const changed = [header, ...parts].join(".");
        expect(await verifySignature(inForm(changed, alg), key as VerificationKey)).toBe(false);
      }
    });

    test("nor under a key that does not name this algorithm", async () => {
      const other = { ...(key as VerificationKey), algorithms: new Set(["RS512"]) };
      expect(await verifySignature(inForm(token, alg), other)).toBe(false);
    });

    test("nor under a key that cannot be had", async () => {
      const broken = {
        ...(key as VerificationKey),
        check: signatureCheck({ kty: "RSA", n: "", e: "" }),
      };
      expect(await verifySignature(inForm(token, alg), broken)).toBe(false);
    });
  });
}

test("RFC 7515 A.5: an unsecured JWS verifies under no key", async () => {
  const token = `eyJhbGciOiJub25lIn0.${payload}.`;
  expect(parseToken(token)?.header.alg).toBe("none");
  for (const { key } of vectors) {
    expect(await verifySignature(inForm(token, "none"), key as VerificationKey)).toBe(false);
    const willing = { ...(key as VerificationKey), algorithms: new Set(["none"]) };
    expect(await verifySignature(inForm(token, "none"), willing)).toBe(false);
  }
});

function keyOf(jwk: JWK): VerificationKey | undefined {
  return toVerificationKey(jwk, undefined);
}
