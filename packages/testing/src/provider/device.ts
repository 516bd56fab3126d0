import { type GrantRequest, IssuerError, type TokenAnswer } from "@countersign/issuer";
import { answerJson, answerText } from "./answer.ts";
import { settle } from "./authorize.ts";
import { issueLogin } from "./issue-login.ts";
import type { TestLogin } from "./login.ts";
import type { Provider } from "./provider.ts";
import { readParameters } from "./read-parameters.ts";

/** How a device that asks for tokens is kept waiting. */
export interface DeviceScript {
  /** Polls answered `slow_down`, before all others; default 0. */
  readonly slowDown?: number;
  /** Then polls answered `authorization_pending`, unless the user visits `/device` meanwhile; default 0. */
  readonly pending?: number;
  /** Seconds to wait between polls, as the device is told; default 5. */
  readonly interval?: number;
}

/** A login that a device waits for. */
export interface DeviceLogin {
  readonly clientId: string;
  readonly userCode: string;
  readonly parameters: ReadonlyMap<string, string>;
  polls: number;
  outcome?: TestLogin | "deny";
}

/** In seconds. */
export const deviceLifetime = 600;

/** RFC 8628 §6.1: no vowels, so that no words come about. */
const letters = "BCDFGHJKLMNPQRSTVWXZ";

/** The device authorization endpoint (RFC 8628 §3.1). */
export async function serveDeviceAuthorization(
  provider: Provider,
  request: Request,
): Promise<Response> {
  const { clientId, form: parameters } = await provider.issuer.readClientRequest(request);
  if (clientId === undefined) throw new IssuerError("invalid_client", "Say who you are.");
  const userCode = makeUserCode();
  const login: DeviceLogin = { clientId, userCode, parameters, polls: 0 };
  const device_code = provider.devices.put(login);
  provider.devices.put(login, userCode);
  const verification_uri = `${provider.url.replace(/\/$/, "")}/device`;
  return answerJson({
    device_code,
    user_code: userCode,
    verification_uri,
    verification_uri_complete: `${verification_uri}?user_code=${userCode}`,
    expires_in: deviceLifetime,
    interval: provider.device.interval ?? 5,
  });
}

/** Where the user goes with the code: they log in by being there. */
export async function serveDevice(provider: Provider, request: Request): Promise<Response> {
  const userCode = (await readParameters(request))?.get("user_code");
  if (userCode === undefined) return answerText("Add ?user_code=… to this address.", 400);
  const waiting = provider.devices.find(userCode);
  if (waiting?.userCode !== userCode) return answerText("There is no such code.", 404);
  const outcome = await decide(provider, waiting);
  return answerText(outcome === "deny" ? "Denied." : "The device is logged in.");
}

/** The device's polls (RFC 8628 §3.4). */
export async function grantDevice(provider: Provider, asked: GrantRequest): Promise<TokenAnswer> {
  const { form, clientId } = asked;
  const code = form.get("device_code");
  const waiting = provider.devices.find(code);
  if (waiting === undefined || waiting.userCode === code) {
    throw new IssuerError("expired_token", "The device_code is unknown, used or expired.");
  }
  if (waiting.clientId !== clientId) {
    throw new IssuerError("invalid_grant", "The device_code is another client's.");
  }
  const { slowDown = 0, pending = 0 } = provider.device;
  waiting.polls++;
  if (waiting.polls <= slowDown) throw new IssuerError("slow_down", "Ask less often.");
  if (waiting.outcome === undefined && waiting.polls <= slowDown + pending) {
    throw new IssuerError("authorization_pending", "The user has not answered yet.");
  }
  const login = await decide(provider, waiting);
  provider.devices.take(code);
  provider.devices.take(waiting.userCode);
  if (login === "deny") {
    throw new IssuerError("access_denied", "The user said no.", { status: 400 });
  }
  const { parameters } = waiting;
  const scope = parameters.get("scope") ?? "";
  const resource = form.get("resource") ?? parameters.get("resource");
  return issueLogin(provider, { clientId, login, scope, resource }, asked);
}

async function decide(provider: Provider, waiting: DeviceLogin): Promise<TestLogin | "deny"> {
  if (waiting.outcome !== undefined) return waiting.outcome;
  const { clientId, parameters } = waiting;
  const scope = parameters.get("scope") ?? "";
  const login = await provider.login({ kind: "device", clientId, scope, parameters });
  waiting.outcome = login === "deny" ? login : settle(provider, login, parameters);
  return waiting.outcome;
}

function makeUserCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  const code = [...bytes].map((byte) => letters[byte % letters.length]).join("");
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
