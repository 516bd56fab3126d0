import { Agent, type Dispatcher } from "undici";
import { type Served, serve } from "../../fixtures/serve.ts";
import { apiKey } from "../credential/api-key.ts";
import type { Credential } from "../credential/credential.ts";
import { type AuthenticateOptions, authenticate } from "./authenticate.ts";

export const credential = apiKey({ key: "marked-key" });

export function dispatcherFor(
  api: { origin: string },
  options: Partial<AuthenticateOptions> = {},
): Dispatcher {
  return new Agent().compose(authenticate({ origins: [api.origin], credential, ...options }));
}

/** Asks for another try after every refusal. */
export const stubborn: Credential = {
  attach: () => ({ answered: async ({ status }) => (status === 401 ? "nonce" : undefined) }),
};

/** Refuses the first request, and echoes the others. */
export function refusing(): Promise<Served> {
  return serve(({ body }, response, nth) => {
    response.statusCode = nth === 1 ? 401 : 200;
    response.end(body);
  });
}
