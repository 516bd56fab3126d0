import { createIssuer, type ExchangePolicy, type Issuer } from "@countersign/issuer";
import { answerJson, answerRefusal } from "./answer.ts";
import { grantAssertion } from "./assertion-grant.ts";
import { serveAuthorize } from "./authorize.ts";
import { grantCode } from "./code-grant.ts";
import { grantDevice, serveDevice, serveDeviceAuthorization } from "./device.ts";
import { extendMetadata } from "./metadata.ts";
import type { Provider } from "./provider.ts";
import { servePush } from "./push.ts";
import type { ProviderState } from "./state.ts";
import { createUserInfo } from "./user-info.ts";

type Serve = (request: Request) => Promise<Response>;

/** The endpoints of an issuer at an address: those of the real one, and those for logins. */
export function createProvider(url: string, state: ProviderState): Issuer {
  const issuer = createIssuer({
    url,
    ...state.issuerOptions,
    exchange: state.exchange ?? allowExchange(state),
    grants: {
      authorization_code: (request) => grantCode(provider, request),
      "urn:ietf:params:oauth:grant-type:device_code": (request) => grantDevice(provider, request),
      "urn:ietf:params:oauth:grant-type:jwt-bearer": (request) => grantAssertion(provider, request),
    },
  });
  const provider: Provider = { ...state, url, issuer };
  const routes = toRoutes(provider);
  return {
    ...issuer,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const route = routes.get(pathname);
      if (route === undefined) return serveIssuers(provider, request);
      const allowed = route.methods.includes(request.method);
      if (!allowed) return answerJson({ error: "method_not_allowed" }, 405);
      return route.serve(request).catch(answerRefusal);
    },
  };
}

async function serveIssuers(provider: Provider, request: Request): Promise<Response> {
  const answer = await provider.issuer.fetch(request);
  const isMetadata = new URL(request.url).pathname.includes("/.well-known/") && answer.ok;
  return isMetadata && request.method === "GET" ? extendMetadata(provider, answer) : answer;
}

function toRoutes(provider: Provider) {
  const base = new URL(provider.url).pathname.replace(/\/$/, "");
  const get = ["GET", "POST"];
  const post = ["POST"];
  const route = (path: string, methods: readonly string[], serve: Serve) =>
    [base + path, { methods, serve }] as const;
  return new Map([
    route("/authorize", get, (request) => serveAuthorize(provider, request)),
    route("/par", post, (request) => servePush(provider, request)),
    route("/device_authorization", post, (request) => serveDeviceAuthorization(provider, request)),
    route("/device", get, (request) => serveDevice(provider, request)),
    route("/userinfo", get, createUserInfo(provider)),
  ]);
}

/** Whoever asks is given what they ask for: it is a test. */
function allowExchange({ audience }: ProviderState): ExchangePolicy {
  return ({ targets, scopes, subject }) => ({
    audience: targets.length > 0 ? targets : audience,
    scope: scopes ?? (typeof subject.scope === "string" ? subject.scope : ""),
    ...(Array.isArray(subject.roles) && { roles: subject.roles }),
  });
}
