import { expect, test } from "vitest";
import { createIssuer } from "../create-issuer.ts";

const issuer = createIssuer({
  url: "https://id.example.com",
  audience: "https://api.example.com",
  clients: [{ id: "app" }, { id: "reports", secret: "a secret of the reports" }],
});

const read = (form: Record<string, string>) =>
  issuer.readClientRequest(
    new Request("https://id.example.com/par", { method: "POST", body: new URLSearchParams(form) }),
  );

test("a public client names itself, a confidential one proves who it is", async () => {
  const app = await read({ client_id: "app", scope: "a" });
  expect([app.clientId, app.form.get("scope")]).toEqual(["app", "a"]);
  const client = { client_id: "reports", client_secret: "a secret of the reports" };
  expect(await read(client)).toMatchObject({ clientId: "reports" });
  expect(await read({ scope: "a" })).toMatchObject({ clientId: undefined });
});

test.each([
  ["a confidential client without its secret", { client_id: "reports" }],
  ["a wrong secret", { client_id: "reports", client_secret: "a secret of someone else" }],
  ["an unknown client", { client_id: "nobody" }],
])("%s is refused", async (_what, form) => {
  await expect(read(form as never)).rejects.toMatchObject({ error: "invalid_client", status: 401 });
});

test("what is no form is refused", async () => {
  const json = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };
  const request = new Request("https://id.example.com/par", json);
  await expect(issuer.readClientRequest(request)).rejects.toMatchObject({
    error: "invalid_request",
  });
});
