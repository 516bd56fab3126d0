import { expect, test } from "vitest";
import { createIssuer } from "./create-issuer.ts";
import type { GrantRequest } from "./extension-grant.ts";
import { IssuerError } from "./issuer-error.ts";

const url = "https://id.example.com";
const name = "urn:example:grant";

function setUp() {
  const asked: GrantRequest[] = [];
  const issuer = createIssuer({
    ...{ url, audience: "https://api.example.com", clients: [{ id: "app" }] },
    grants: {
      [name]: async (request) => {
        asked.push(request);
        if (request.form.get("code") !== "good") throw new IssuerError("invalid_grant", "No.");
        return issuer.issue({ subject: "ada", clientId: request.clientId });
      },
    },
  });
  const ask = (form: Record<string, string>) =>
    issuer.fetch(new Request(`${url}/token`, { method: "POST", body: new URLSearchParams(form) }));
  return { ask, asked, issuer };
}

test("a further grant is asked, offered, and answers for the client", async () => {
  const { ask, asked, issuer } = setUp();
  const answer = await ask({ grant_type: name, code: "good", client_id: "app" });
  expect(answer.status).toBe(200);
  expect(
    await issuer.introspect(((await answer.json()) as { access_token: string }).access_token),
  ).toMatchObject({
    ...{ active: true, sub: "ada", client_id: "app" },
  });
  expect(asked).toMatchObject([{ clientId: "app", dpopKey: undefined }]);
  const metadata = await issuer.fetch(new Request(`${url}/.well-known/oauth-authorization-server`));
  expect(
    ((await metadata.json()) as { grant_types_supported: string[] }).grant_types_supported,
  ).toContain(name);
});

test("what it refuses is refused as RFC 6749 §5.2 has it", async () => {
  const { ask, asked } = setUp();
  const answer = await ask({ grant_type: name, code: "bad" });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { error: "invalid_grant", error_description: "No." },
  ]);
  await ask({ grant_type: name, client_id: "nobody" });
  expect(asked).toHaveLength(1);
  expect((await ask({ grant_type: "toString" })).status).toBe(400);
});

test("none takes the place of the issuer's own", () => {
  const grants = { refresh_token: () => Promise.reject() };
  expect(() => createIssuer({ url, audience: "a", grants })).toThrow("refresh_token");
});
