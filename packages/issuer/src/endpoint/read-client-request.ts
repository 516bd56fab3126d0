import type { Settings } from "../settings.ts";
import { authenticateClient } from "./authenticate-client.ts";
import { readForm } from "./read-form.ts";

/**
 * What a client sent in a form, once it has authenticated as far as it can.
 *
 * @example
 * const scopeOf = ({ form }: ClientRequest) => form.get("scope");
 */
export interface ClientRequest {
  /** Absent: a first-party request that names no client. */
  readonly clientId: string | undefined;
  /** The parameters (RFC 6749 §3.2), each once. */
  readonly form: ReadonlyMap<string, string>;
}

/** For endpoints beside ours: everything that `/token` does before it looks at the grant. */
export async function readClientRequest(
  settings: Settings,
  request: Request,
): Promise<ClientRequest> {
  await settings.limits.admit(request);
  const form = await readForm(request);
  const client = await authenticateClient(settings, request, form);
  return { clientId: client?.id, form };
}
