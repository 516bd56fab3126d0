import {
  createDpopProof,
  type DpopProofOptions,
  jwkThumbprint,
  type PublicJwk,
} from "@countersign/core/wire";
import {
  allowed,
  bearer,
  type ContractCase,
  get,
  type Headers,
  refused,
  unauthorized,
  user,
} from "./case.ts";
import type { RawRequest } from "./exchange.ts";
import type { ContractKit } from "./kit.ts";

/** The client's key and its thumbprint. */
async function makeKey() {
  const params = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.generateKey(params, false, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key.publicKey);
  return { key, jkt: await jwkThumbprint({ kty, crv, x, y } as PublicJwk) };
}
let made: ReturnType<typeof makeKey> | undefined;

const algs = 'DPoP realm="contract", algs="ES256 ES384 ES512 Ed25519 EdDSA PS256 RS256"';
const plainBearer = 'Bearer realm="contract"';
const explained = (error: string, detail: string) =>
  `error="${error}", error_description="${detail}"`;

const refusedProof = (reason: string, detail: string, error = "invalid_dpop_proof") =>
  refused(
    unauthorized,
    { detail, error, reason },
    `${algs}, ${explained(error, detail)}, ${plainBearer}`,
  );
const anyNonce = { "dpop-nonce": /^[0-9a-z]+\.[\w-]{43}$/ };
const withNonce = (answer: ContractCase["answer"]): ContractCase["answer"] => ({
  ...answer,
  headers: { ...answer.headers, ...anyNonce },
});
const nonceRequired = withNonce(
  refusedProof(
    "dpop_nonce_required",
    "The DPoP proof needs the nonce that comes with this answer",
    "use_dpop_nonce",
  ),
);
const boundAsBearer = "The access token is bound to a key; send it as DPoP, with a proof";

/** A bound token under `DPoP`, with a proof for the URL that callers know. */
async function boundTo(
  { issuer }: ContractKit,
  path: string,
  changes: Partial<DpopProofOptions> = {},
): Promise<{ token: string; proof: string }> {
  made ??= makeKey();
  const { key, jkt } = await made;
  const token = await issuer.mint({ claims: { cnf: { jkt } } });
  const url = `https://api.test${path}`;
  const now = issuer.clock.now();
  const proof = await createDpopProof({ key, method: "GET", url, token, now, ...changes });
  return { token, proof };
}

const dpop = (token: string, ...proofs: readonly string[]): Headers => [
  ["authorization", `DPoP ${token}`],
  ...proofs.map((proof) => ["dpop", proof] as const),
];
const withProof =
  (path: string, changes?: Partial<DpopProofOptions>) => async (kit: ContractKit) => {
    const { token, proof } = await boundTo(kit, path.replace(/\?.*/, ""), changes);
    return get(path, dpop(token, proof));
  };

/** The same request for two cases that follow one another. */
function twice(request: (kit: ContractKit) => Promise<RawRequest>) {
  const made = new WeakMap<ContractKit, Promise<RawRequest>>();
  return (kit: ContractKit) => {
    const again = made.get(kit) ?? request(kit);
    made.set(kit, again);
    return again;
  };
}
const usedTwice = twice(withProof("/bound"));

/** The nonce that a proof without one is refused with. */
async function nonceOf(kit: ContractKit): Promise<string> {
  const { path, headers = [] } = await withProof("/bound/nonce")(kit);
  const fields = new Map(headers);
  const { guard } = kit.routes.find((route) => route.path === path) ?? {};
  const verdict = await guard?.check({
    ...{ method: "GET", url: `https://api.test${path}`, secure: true },
    ...{ header: (name) => fields.get(name), body: () => undefined },
    ...{ address: undefined, certificate: undefined },
  });
  const given = new Map(verdict?.kind === "rejected" ? verdict.headers : []);
  return given.get("dpop-nonce") ?? "none was given";
}

/** DPoP (RFC 9449), certificate-bound tokens where there is no certificate (RFC 8705). */
export const dpopCases: readonly ContractCase[] = [
  { name: "a bound token with its proof", request: usedTwice, answer: allowed(user) },
  {
    name: "the same proof again",
    request: usedTwice,
    answer: refusedProof("dpop_proof_replayed", "The DPoP proof has been used before"),
  },
  {
    name: "a proof for a URL with a query",
    request: withProof("/bound?page=2"),
    answer: allowed(user),
  },
  {
    name: "an unbound token beside those that are",
    request: async ({ issuer }) => get("/bound", bearer(await issuer.mint())),
    answer: allowed(user),
  },
  {
    name: "no credential where DPoP is taken",
    request: () => get("/bound"),
    answer: refused(
      unauthorized,
      { detail: "This resource needs a credential", reason: "credential_missing" },
      `${plainBearer}, ${algs}`,
    ),
  },
  {
    name: "a bound token without a proof",
    request: async (kit) => get("/bound", dpop((await boundTo(kit, "/bound")).token)),
    answer: refusedProof(
      "dpop_proof_missing",
      "The access token needs a DPoP proof, which the request does not carry",
    ),
  },
  {
    name: "two DPoP lines",
    request: async (kit) => {
      const { token, proof } = await boundTo(kit, "/bound");
      return get("/bound", dpop(token, proof, (await boundTo(kit, "/bound")).proof));
    },
    answer: refusedProof(
      "dpop_proof_malformed",
      "The DPoP proof is malformed, or there is more than one",
    ),
  },
  {
    name: "a proof for another method",
    request: withProof("/bound", { method: "POST" }),
    answer: refusedProof("dpop_method_mismatch", "The DPoP proof was made for another method"),
  },
  {
    name: "a proof for the address of the server behind its proxy",
    request: withProof("/bound", { url: "http://127.0.0.1/bound" }),
    answer: refusedProof("dpop_url_mismatch", "The DPoP proof was made for another URL"),
  },
  {
    name: "a bound token as Bearer",
    request: async (kit) => {
      const { token, proof } = await boundTo(kit, "/bound");
      return get("/bound", [...bearer(token), ["dpop", proof]]);
    },
    answer: refused(
      unauthorized,
      { detail: boundAsBearer, error: "invalid_token", reason: "dpop_required" },
      `${plainBearer}, ${explained("invalid_token", boundAsBearer)}, ${algs}`,
    ),
  },
  {
    name: "an unbound token as DPoP",
    request: async (kit) => {
      const { proof } = await boundTo(kit, "/bound");
      return get("/bound", dpop(await kit.issuer.mint(), proof));
    },
    answer: refusedProof(
      "dpop_unbound",
      "The access token is not bound to a key for DPoP",
      "invalid_token",
    ),
  },
  {
    name: "a token bound to a certificate, without one",
    request: async ({ issuer }) => {
      const cnf = { "x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0" };
      return get("/private", bearer(await issuer.mint({ claims: { cnf } })));
    },
    answer: invalidBinding(
      "certificate_mismatch",
      "The access token is bound to a certificate that this connection does not show",
    ),
  },
  {
    name: "a bound token where DPoP is not taken",
    request: async (kit) => get("/private", bearer((await boundTo(kit, "/private")).token)),
    answer: invalidBinding(
      "binding_unsupported",
      "The access token is bound in a way that this resource cannot check",
    ),
  },

  {
    name: "a proof without the nonce that is asked for",
    request: withProof("/bound/nonce"),
    answer: nonceRequired,
  },
  {
    name: "a proof with a nonce that is none of ours",
    request: withProof("/bound/nonce", { nonce: "eyJ7S_zG.eyJH0-Z.HX4w-7v" }),
    answer: nonceRequired,
  },
  {
    name: "a proof with the nonce",
    request: async (kit) => withProof("/bound/nonce", { nonce: await nonceOf(kit) })(kit),
    answer: allowed(user),
  },
  {
    name: "a proof with a nonce that will be too old soon",
    request: async (kit) => {
      const nonce = await nonceOf(kit);
      kit.issuer.clock.advance("200s");
      return withProof("/bound/nonce", { nonce })(kit);
    },
    answer: withNonce(allowed(user)),
  },
];

function invalidBinding(reason: string, detail: string): ContractCase["answer"] {
  const error = "invalid_token";
  const challenge = `${plainBearer}, ${explained(error, detail)}`;
  return refused(unauthorized, { detail, error, reason }, challenge);
}
