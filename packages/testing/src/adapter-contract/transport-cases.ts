import {
  allowed,
  bearer,
  type ContractCase,
  forbidden,
  get,
  type Headers,
  minted,
  noCredential,
  partner,
  refused,
  tooLarge,
  unauthorized,
  user,
} from "./case.ts";
import type { RawRequest } from "./exchange.ts";
import { signBody } from "./signed-body.ts";

const signer = { scheme: "signed-body", subject: "signer", scopes: [], roles: [] };

const json: Headers = [["content-type", "application/json"]];
const post = (body: string, sent: RawRequest["body"] = body): RawRequest => ({
  method: "POST",
  path: "/body",
  headers: [...json, signBody(body)],
  body: sent,
});
const received = (body: string): ContractCase["answer"] => ({
  status: 201,
  headers: {},
  body: JSON.stringify({ ...signer, received: JSON.parse(body) }),
});
const order = '{"item":"a brass lantern \u2600"}';
const tooLong = `{"item":"${"x".repeat(1000)}"}`;
const bodyTooLarge = refused(tooLarge, {
  detail: "The body is larger than a signature over it may be",
  reason: "body_too_large",
});
const badSignature = refused(
  unauthorized,
  {
    detail: "The signature of the access token does not hold",
    error: "invalid_token",
    reason: "signature_invalid",
  },
  "SignedBody",
);
const overPlainHttp = refused(forbidden, {
  detail: "This resource is served over https alone",
  reason: "https_required",
});
const spoofed: Headers = [
  ["x-forwarded-for", "127.0.0.1"],
  ["x-forwarded-proto", "https"],
  ["forwarded", "for=127.0.0.1;proto=https"],
];
const preflight: Headers = [
  ["origin", "https://shop.test"],
  ["access-control-request-method", "DELETE"],
];

/** What the way of a request, its target and its body may do to it. */
export const transportCases: readonly ContractCase[] = [
  {
    name: "a token with HEAD",
    request: async ({ issuer }) => ({
      ...get("/any", bearer(await issuer.mint())),
      method: "HEAD",
    }),
    answer: { status: 200, headers: {}, body: "" },
  },
  {
    name: "a token with a target that names another host",
    request: minted("http://evil.test/any"),
    answer: allowed(user),
  },
  {
    name: "an API key in a query that holds slashes and is followed by a fragment",
    request: ({ apiKey }) => get(`/any?next=//evil.test/?&api_key=${apiKey}#?api_key=other`),
    answer: allowed(partner),
  },
  { name: "a signed body", request: () => post(order), answer: received(order) },
  {
    name: "a signed body in slow chunks",
    request: () => post(order, [...order]),
    answer: received(order),
  },
  {
    name: "a preflight, whatever it carries",
    request: async ({ issuer }) => ({
      ...get("/any", [...preflight, ...bearer(await issuer.mint({ expiresIn: -60 }))]),
      method: "OPTIONS",
    }),
    answer: { status: 204, headers: {}, body: "" },
  },
  {
    name: "a preflight over plain http",
    request: () => ({ ...get("/any", preflight), method: "OPTIONS", direct: true }),
    answer: { status: 204, headers: {}, body: "" },
  },
  {
    name: "a preflight for a handler that asks who called",
    request: () => ({ ...get("/private", preflight), method: "OPTIONS" }),
    answer: {
      ...noCredential,
      headers: { ...noCredential.headers, "www-authenticate": 'Bearer realm="contract"' },
    },
  },

  {
    name: "no credential with HEAD",
    request: () => ({ ...get("/any"), method: "HEAD" }),
    answer: { ...noCredential, body: "" },
  },
  {
    name: "OPTIONS that is no preflight",
    request: () => ({ ...get("/any"), method: "OPTIONS" }),
    answer: noCredential,
  },
  {
    name: "an API key behind a #",
    request: ({ apiKey }) => get(`/any#?api_key=${apiKey}`),
    answer: noCredential,
  },
  {
    name: "a token over plain http",
    request: async (kit) => ({ ...(await minted("/any")(kit)), direct: true }),
    answer: overPlainHttp,
  },
  {
    name: "nobody over plain http on an optional route",
    request: () => ({ ...get("/optional"), direct: true }),
    answer: overPlainHttp,
  },
  {
    name: "plain http behind a target that says https",
    request: async (kit) => ({ ...(await minted("https://api.test/any")(kit)), direct: true }),
    answer: overPlainHttp,
  },
  {
    name: "plain http to the proxy, by a caller who writes the proxy's field too",
    request: async ({ issuer }) => ({
      ...get("/any", [...bearer(await issuer.mint()), ...spoofed, ["x-forwarded-proto", "http"]]),
      direct: true,
    }),
    answer: overPlainHttp,
  },
  {
    name: "fields of a proxy from an address that is not trusted",
    request: () => ({ ...get("/elsewhere", spoofed), direct: true }),
    answer: overPlainHttp,
  },
  {
    name: "a field of the kind that the proxy does not write",
    request: async ({ issuer }) => ({
      ...get("/any", [
        ...bearer(await issuer.mint()),
        ["forwarded", "for=203.0.113.7;proto=https"],
      ]),
      direct: true,
    }),
    answer: overPlainHttp,
  },
  {
    name: "a body with one byte changed",
    request: () => post(order, order.replace("lantern", "lanterN")),
    answer: badSignature,
  },
  {
    name: "a body with bytes behind it",
    request: () => post(order, [order, " "]),
    answer: badSignature,
  },
  {
    name: "a body that is cut",
    request: () => post(order, [order.slice(1)]),
    answer: badSignature,
  },
  { name: "a body too long to be read", request: () => post(tooLong), answer: bodyTooLarge },
  {
    name: "a body too long to be read, which does not say so",
    request: () => post(tooLong, [tooLong]),
    answer: bodyTooLarge,
  },
];
