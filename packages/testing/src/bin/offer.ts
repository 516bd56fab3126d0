import type { TestIssuerOptions } from "../issuer/options.ts";
import type { TestTenant } from "../issuer/tenant.ts";
import { usualClients, usualUsers } from "../provider/state.ts";

/** What an issuer offers, in lines of two columns: its endpoints, and who may come. */
export async function describeOffer(
  issuer: TestTenant,
  { clients = usualClients, users = usualUsers }: TestIssuerOptions,
): Promise<string> {
  const discovery = `${issuer.url}/.well-known/openid-configuration`;
  const metadata = (await (await issuer.fetch(discovery)).json()) as Record<string, unknown>;
  const endpoints = Object.entries(metadata)
    .filter(([name]) => name.endsWith("_endpoint"))
    .map(([name, url]) => [name.replace(/_endpoint$/, "").replaceAll("_", " "), String(url)]);
  const rows = [
    ["issuer", issuer.url],
    ["audience", issuer.audience],
    ["discovery", discovery],
    ["keys", String(metadata.jwks_uri)],
    ...endpoints,
    ...clients.map((client) => ["client", describeClient(client)]),
    ...users.map(({ subject }) => ["user", subject]),
  ];
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  return rows.map(([name = "", value]) => `  ${name.padEnd(width)}  ${value}`).join("\n");
}

function describeClient(client: NonNullable<TestIssuerOptions["clients"]>[number]): string {
  const { id, secret, secretHash, jwks, scopes = [] } = client;
  const proof =
    jwks !== undefined ? "signs assertions" : (secret ?? secretHash) ? "has a secret" : "public";
  return [`${id} (${proof})`, ...scopes].join(" ");
}
