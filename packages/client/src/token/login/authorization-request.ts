import {
  type AuthorizationServer,
  processPushedAuthorizationResponse,
  pushedAuthorizationRequest,
} from "oauth4webapi";
import { ClientError } from "../../client-error.ts";
import type { Connection } from "../issuer/connect.ts";
import { isSecure } from "../issuer/discover.ts";
import type { DpopKeys } from "../issuer/dpop-keys.ts";
import { toLoginFailure } from "./login-failed.ts";

/**
 * The URL that begins a login: with the request in it, or with the reference of one that was pushed
 * (RFC 9126).
 *
 * @param pushed whether it must, or must not; by default where the server offers it
 * @throws ClientError `discovery_failed`, `token_endpoint_unreachable`, `login_failed`
 */
export async function authorizationUrl(
  connection: Connection<DpopKeys | undefined>,
  parameters: URLSearchParams,
  pushed: boolean | undefined,
): Promise<string> {
  const server = await connection.server();
  const url = requireEndpoint(server, "authorization_endpoint");
  const isPushed = pushed ?? server.pushed_authorization_request_endpoint !== undefined;
  const sent = isPushed ? await push(connection, server, parameters) : parameters;
  for (const [name, value] of sent) url.searchParams.set(name, value);
  return url.href;
}

async function push(
  connection: Connection<DpopKeys | undefined>,
  server: AuthorizationServer,
  parameters: URLSearchParams,
): Promise<URLSearchParams> {
  requireEndpoint(server, "pushed_authorization_request_endpoint");
  const { authenticate, client, sending } = connection;
  try {
    const response = await pushedAuthorizationRequest(
      server,
      client,
      authenticate,
      parameters,
      sending,
    );
    const { request_uri } = await processPushedAuthorizationResponse(server, client, response);
    return new URLSearchParams({ client_id: client.client_id, request_uri });
  } catch (error) {
    throw toLoginFailure(error);
  }
}

/** @throws ClientError `discovery_failed` when the metadata has no such endpoint, or one in clear text */
export function requireEndpoint(
  server: AuthorizationServer,
  name:
    | "authorization_endpoint"
    | "pushed_authorization_request_endpoint"
    | "device_authorization_endpoint",
): URL {
  const endpoint = server[name];
  if (isSecure(endpoint)) return new URL(endpoint);
  throw new ClientError(
    `discovery_failed: ${server.issuer} states no secure ${name}, which this login needs. Choose another kind of login.`,
  );
}
