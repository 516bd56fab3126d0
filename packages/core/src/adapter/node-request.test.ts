import { once } from "node:events";
import { createServer as createTlsServer, request as requestTls } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { byHost, type ReachOptions } from "../guard/reach.ts";
import { xForwarded } from "../guard/trusted-proxies.ts";
import type { NodeSocket } from "./connection.ts";
import { type NodeRequest, viewNodeRequest } from "./node-request.ts";
import { cert, key } from "./tls.fixture.ts";

const nothing = {
  name: "none",
  takes: [],
  find: () => undefined,
  challenges: () => [],
  describe: () => [],
};
const policyOf = (options: ReachOptions) => createGuard({ ...options, schemes: [nothing] }).policy;
const publicUrl = "https://api.example.com";

const viewOf = (
  parts: { url?: string; originalUrl?: string; rawHeaders?: string[]; socket?: NodeSocket },
  options: ReachOptions = { publicUrl },
) => viewNodeRequest({ rawHeaders: [], ...parts } as unknown as NodeRequest, policyOf(options));

describe("the URL", () => {
  test.each([
    ["/orders?a=1", "/orders?a=1"],
    ["/", "/"],
    ["", "/"],
    ["//evil.test/orders", "//evil.test/orders"],
    ["///evil.test", "///evil.test"],
    ["/\\evil.test", "/\\evil.test"],
    ["/@evil.test", "/@evil.test"],
    // RFC 9112 §3.2.2: a server takes absolute targets, and their path is what they ask for.
    ["http://evil.test/orders?a=1", "/orders?a=1"],
    ["HTTPS://user@evil.test:8443/orders", "/orders"],
    ["https://evil.test", "/"],
    ["https://evil.test?a=1", "/?a=1"],
    ["http://evil.test//other.test/a", "//other.test/a"],
    ["https:/orders", "/https:/orders"],
    ["*", "/*"],
    ["evil.test:443", "/evil.test:443"],
    // No request target has a fragment (RFC 9112 §3.2); what is behind # is nobody's query.
    ["/orders#?a=1", "/orders"],
    ["/orders?a=1#b?c=2", "/orders?a=1"],
    ["https://evil.test#/orders", "/"],
    ["/orders?next=https://evil.test/?a#b", "/orders?next=https://evil.test/?a"],
  ])("of %j", (url, path) => {
    expect(viewOf({ url }).url).toBe(publicUrl + path);
    expect(new URL(viewOf({ url }).url).origin).toBe(publicUrl);
  });

  test("is the one before a router cut it", () => {
    expect(viewOf({ url: "/7", originalUrl: "/orders/7" }).url).toBe(`${publicUrl}/orders/7`);
  });

  test("has an origin of which nobody is told, when nobody said", () => {
    const rawHeaders = ["Host", "evil.test"];
    expect(viewOf({ url: "/a", rawHeaders }, {}).url).toBe("http://unknown.invalid/a");
  });
});

test("every line of a field counts, in any case, and no other field", () => {
  const rawHeaders = ["Authorization", "a", "x-authorization", "b", "AUTHORIZATION", "c"];
  const view = viewOf({ rawHeaders: [...rawHeaders, "X-Empty", ""] });
  expect(view.header("authorization")).toBe("a, c");
  expect(view.header("x-empty")).toBe("");
  expect(view.header("b")).toBeUndefined();
  expect(view.header("a")).toBeUndefined();
});

describe("the connection", () => {
  test("of a plain socket", () => {
    const { address, secure, certificate } = viewOf({ socket: { remoteAddress: "203.0.113.7" } });
    expect({ address, secure, certificate }).toEqual({
      address: "203.0.113.7",
      secure: false,
      certificate: undefined,
    });
  });

  test("of none at all", () => {
    const { address, secure, certificate } = viewOf({});
    expect({ address, secure, certificate }).toEqual({ secure: false });
  });

  test("a socket that is not TLS has no certificate, whatever it says", () => {
    const socket = { getPeerX509Certificate: () => cert };
    expect(viewOf({ socket }).certificate).toBeUndefined();
  });

  test("a certificate by the older function alone, in PEM", () => {
    const raw = Buffer.from(cert.replace(/-----.*-----|\n/g, ""), "base64");
    const encrypted = { encrypted: true };
    const by = (found: object | null) =>
      viewOf({ socket: { ...encrypted, getPeerCertificate: () => found } }).certificate;
    expect(by({ raw })).toBe(cert);
    expect(by({})).toBeUndefined();
    expect(by(null)).toBeUndefined();
    expect(viewOf({ socket: encrypted }).certificate).toBeUndefined();
  });

  test.each([
    ["with a certificate", { cert, key }, cert],
    ["without one", {}, null],
  ])("over TLS, %s", async (_what, client, certificate) => {
    const options = { cert, key, requestCert: true, rejectUnauthorized: false };
    const server = createTlsServer(options, (request, response) => {
      const view = viewNodeRequest(request, policyOf({ publicUrl }));
      const { address, secure } = view;
      response.end(JSON.stringify({ address, secure, certificate: view.certificate ?? null }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const call = requestTls({ host: "127.0.0.1", port, ca: cert, agent: false, ...client }).end();
    const [response] = await once(call, "response");
    const [body] = await once(response, "data");
    expect(JSON.parse(body)).toEqual({ address: "127.0.0.1", secure: true, certificate });
  });
});

describe("behind a proxy", () => {
  const trustedProxies = xForwarded("10.0.0.0/8");
  const from = (remoteAddress: string, ...rawHeaders: string[]) => {
    const getPeerX509Certificate = () => "certificate of the other end";
    const socket = { remoteAddress, encrypted: true, getPeerX509Certificate };
    const { address, secure, certificate } = viewOf(
      { rawHeaders, socket },
      { publicUrl, trustedProxies },
    );
    return { address, secure, certificate };
  };
  const fields = ["X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https"];
  const own = { secure: true, certificate: "certificate of the other end" };

  test("the caller is who it says, and the proxy's own certificate is not the caller's", () => {
    expect(from("10.1.2.3", ...fields)).toEqual({ address: "203.0.113.7", secure: true });
    expect(from("::ffff:10.1.2.3", ...fields)).toEqual({ address: "203.0.113.7", secure: true });
  });

  test("TLS from the proxy to us says nothing of the caller's connection", () => {
    const plain = ["X-Forwarded-For", "203.0.113.7"];
    expect(from("10.1.2.3", ...plain).secure).toBe(false);
    expect(from("10.1.2.3", ...plain, "X-Forwarded-Proto", "http").secure).toBe(false);
  });

  test("that forwards nothing, it is the caller itself", () => {
    expect(from("10.1.2.3")).toEqual({ address: "10.1.2.3", ...own });
  });

  test("that is not trusted, nothing it says counts", () => {
    expect(from("192.0.2.1", ...fields)).toEqual({ address: "192.0.2.1", ...own });
  });
});

describe("byHost", () => {
  const publicUrl = byHost("https://api.example.com/v1", "https://Other.example.com:8443");
  const at = (host: string, encrypted = true) =>
    viewOf({ url: "/a", rawHeaders: ["Host", host], socket: { encrypted } }, { publicUrl }).url;

  test("a Host that is known means that URL, whatever the connection", () => {
    expect(at("api.example.com")).toBe("https://api.example.com/v1/a");
    expect(at("API.example.com")).toBe("https://api.example.com/v1/a");
    expect(at("other.example.com:8443")).toBe("https://other.example.com:8443/a");
    expect(at("api.example.com", false)).toBe("https://api.example.com/v1/a");
  });

  test.each([
    "evil.test",
    "api.example.com.evil.test",
    "evil.test/api.example.com",
    "api.example.com:8443",
    "other.example.com",
    "api.example.com, api.example.com",
    "user@api.example.com",
    "",
  ])("%j is not known", (host) => {
    expect(at(host)).toBe("http://unknown.invalid/a");
  });

  test("nor is a request without one", () => {
    expect(viewOf({ url: "/a", rawHeaders: [] }, { publicUrl }).url).toBe(
      "http://unknown.invalid/a",
    );
  });
});
