import { expect, test } from "vitest";
import { certificate, otherCertificate, thumbprint } from "./certificate.fixture.ts";
import { certificateThumbprint } from "./certificate.ts";

test("the example of RFC 8705 appendix A, however its lines end", async () => {
  const forms = [
    certificate,
    certificate.trim(),
    certificate.replaceAll("\n", "\r\n"),
    certificate.replace(/\n(?!-)/g, ""),
    `Bag Attributes\n${certificate}`,
  ];
  for (const pem of forms) expect(await certificateThumbprint(pem)).toBe(thumbprint);
});

test("of a chain, the first", async () => {
  expect(await certificateThumbprint(certificate + otherCertificate)).toBe(thumbprint);
  expect(await certificateThumbprint(otherCertificate + certificate)).not.toBe(thumbprint);
});

test.each([
  "",
  "rubbish",
  thumbprint,
  certificate.replaceAll("CERTIFICATE", "PUBLIC KEY"),
  certificate.replace("-----END CERTIFICATE-----", ""),
  certificate.replace("MIIB", "!IIB"),
  encodeURIComponent(certificate),
])("no PEM: %j", async (pem) => {
  expect(await certificateThumbprint(pem)).toBeUndefined();
});
