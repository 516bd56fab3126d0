import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { json, serve } from "../../fixtures/serve.ts";
import { toSnippet } from "../snippet/to-snippet.ts";

const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => code);

test("the README's recipes send the credential", async () => {
  const recipes = examples.find((code) => code.includes("createAuthAdapter"));
  const api = await serve(({ headers }, response) => json(response, 200, headers["x-api-key"]));
  const code = `
    const { API_URL, API_KEY } = process.env;
    ${recipes}
    const url = API_URL + "/orders";
    const answers = [
      await answer.body.json(),
      await onKy(url).json(),
      await onOfetch(url),
      (await onAxios.get("/orders")).data,
      (await onAxiosWithFetch.get(url)).data,
    ];
    console.log(JSON.stringify(answers));
    await dispatcher.close();
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@countersign/source", "--input-type=module-typescript", "--eval", code],
    {
      cwd: new URL("../..", import.meta.url),
      env: { API_URL: api.origin, API_KEY: "key-1" },
    },
  );
  expect(JSON.parse(stdout)).toEqual(Array(5).fill("key-1"));
  expect(api.received.map(({ path }) => path)).toEqual(Array(5).fill("/orders"));
});

test("the README shows a snippet as it is written", async () => {
  const example = examples.find((code) => code.includes("toSnippet(")) ?? "";
  const [, call = ""] = /toSnippet\(([^;]*)\);/s.exec(example) ?? [];
  const written = new Function("toSnippet", `return toSnippet(${call})`)(toSnippet);
  const shown = example.split("\n").filter((line) => line.startsWith("// "));
  expect(shown.map((line) => `${line.slice(3)}\n`).join("")).toBe(written);
});
