import { revoke } from "../revoke.ts";
import type { Settings } from "../settings.ts";
import { authenticateClient } from "./authenticate-client.ts";
import { readForm, requireParameter } from "./read-form.ts";

/** The revocation endpoint (RFC 7009). `token_type_hint` is only a hint, and not needed. */
export async function serveRevoke(settings: Settings, request: Request): Promise<Response> {
  const form = await readForm(request);
  const token = requireParameter(form, "token");
  const client = await authenticateClient(settings, request, form);
  await revoke(settings, token, (clientId) => clientId === client?.id);
  return new Response(null, { status: 200, headers: { "cache-control": "no-store" } });
}
