/** A certificate that its own key signed, as anybody can make one; for nothing but tests. */
export const selfSigned = {
  privateKey: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOOdCXSK3Mu4IIJ02
zVTP5Fg54dlWg2zLWoTYW0WRsbehRANCAAT70Dr9HiAJFo05bPhtH75/6qo3Q6QE
+rdknTAPSO6Sqwwwxm8xEr0zsqgqMWa40c9pCi/5iv5tKoxGdD2rpi3n
-----END PRIVATE KEY-----`,
  /** As in `x5c`: DER in base64 (RFC 7515 §4.1.6). */
  certificate: [
    "MIIBgzCCASmgAwIBAgIUO6lnNZHDXVN6lgo0bxozPUMjrt0wCgYIKoZIzj0EAwIw",
    "FjEUMBIGA1UEAwwLaXNzdWVyLnRlc3QwIBcNMjYxMTIyMDI0NzQ1WhgPMjEyNjEw",
    "MjkwMjQ3NDVaMBYxFDASBgNVBAMMC2lzc3Vlci50ZXN0MFkwEwYHKoZIzj0CAQYI",
    "KoZIzj0DAQcDQgAE+9A6/R4gCRaNOWz4bR++f+qqN0OkBPq3ZJ0wD0jukqsMMMZv",
    "MRK9M7KoKjFmuNHPaQov+Yr+bSqMRnQ9q6Yt56NTMFEwHQYDVR0OBBYEFBERxUph",
    "d3yAihVF/zjZd8QLGTc7MB8GA1UdIwQYMBaAFBERxUphd3yAihVF/zjZd8QLGTc7",
    "MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgTljt/dqYPcNpeBbV",
    "+KlIS1ay+oXVPJdbBHontIL+JEwCIQCulKHybX0pc3bcgPUEes3x4bNWyHZ+L0d1",
    "vynZJu27fQ==",
  ].join(""),
} as const;
