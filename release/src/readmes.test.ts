import { writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createGuard, jwt, scope } from "@countersign/core";
import { protect } from "@countersign/core/web";
import { createTestIssuer, type TestIssuer } from "@countersign/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  howToGetRedis,
  type RedisServer,
  startRedis,
  withoutRedis,
} from "../../packages/redis/src/redis.fixture.ts";
import { installOutside, type Outside } from "./outside.ts";
import { readExample } from "./readme.ts";

/** How the example of a package that is no adapter is put to work. */
interface Trial {
  readonly folder: string;
  readonly others: readonly string[];
  /** What stands in the example and is another address here. */
  readonly changes?: (issuer: TestIssuer) => Record<string, string>;
  /** A module that uses what the example exports; the example alone prints something itself. */
  readonly use?: (issuer: TestIssuer) => Promise<string>;
  readonly prints: string;
}

const trials: readonly Trial[] = [
  {
    folder: "core",
    others: [],
    changes: ({ url }) => ({ "https://id.example.com": url }),
    use: async (issuer) => `
      import { fetch } from "./example.ts";
      const call = async (token?: string) => {
        const headers: Record<string, string> = token ? { authorization: \`Bearer \${token}\` } : {};
        const response = await fetch(new Request("https://api.example.com/", { headers }));
        return \`\${response.status} \${await response.text()}\`;
      };
      console.log(await call("${await issuer.mint({ subject: "ada", scope: "orders:read" })}"));
      console.log((await call()).slice(0, 3));
    `,
    prints: '200 {"for":"ada"}\n401\n',
  },
  {
    folder: "issuer",
    others: ["@node-rs/argon2@2"],
    use: async () => `
      import { handle } from "./example.ts";
      const post = (path: string, body: object) =>
        handle(new Request(\`https://id.example.com\${path}\`, { method: "POST", body: JSON.stringify(body) }));
      const login = await post("/login", { username: "ada", password: "correct horse" });
      const { refresh_token } = await login.json();
      const refreshed = await post("/refresh", { refresh_token });
      const wrong = await post("/login", { username: "ada", password: "wrong" });
      console.log(login.status, refreshed.status, wrong.status);
    `,
    prints: "200 200 401\n",
  },
  { folder: "sql", others: [], prints: '200 {"for":"billing"}\n401\n' },
  { folder: "testing", others: [], prints: "200\n401\n" },
];

describe.each(trials)("$folder, packed and installed elsewhere", (trial) => {
  let outside: Outside;
  let issuer: TestIssuer;
  beforeAll(async () => {
    outside = await installOutside(trial.folder, trial.others);
    issuer = createTestIssuer({ audience: "https://api.example.com" });
    await issuer.listen();
  }, 120_000);
  afterAll(async () => {
    await issuer?.close();
    await outside?.remove();
  });

  it("runs the README's example", async () => {
    const example = await readExample(trial.folder, trial.changes?.(issuer) ?? {});
    await writeFile(join(outside.folder, "example.ts"), example);
    const use = await trial.use?.(issuer);
    if (use !== undefined) await writeFile(join(outside.folder, "use.ts"), use);
    const printed = await outside.run(
      process.execPath,
      use === undefined ? "example.ts" : "use.ts",
    );
    expect(printed).toBe(trial.prints);
  });
});

describe("client, packed and installed elsewhere", () => {
  let outside: Outside;
  beforeAll(async () => {
    outside = await installOutside("client", []);
  }, 120_000);
  afterAll(() => outside?.remove());

  it("runs the README's example", async () => {
    const client = { id: "reports", secret: "a secret of the reports", scopes: ["orders:read"] };
    const issuer = createTestIssuer({ clients: [client] });
    await issuer.listen();
    const { url, audience } = issuer;
    const { clock } = issuer;
    const guard = createGuard({ clock, schemes: [jwt({ issuer: url, audience })] });
    const guarded = protect(guard, () => Response.json(["lantern"]), scope("orders:read"));
    const api = createServer((async (incoming, outgoing) => {
      const headers = new Headers(incoming.headers as Record<string, string>);
      const answer = await guarded(new Request("http://api.test/orders", { headers }));
      outgoing.writeHead(answer.status).end(await answer.text());
    }) satisfies RequestListener);
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    try {
      await writeFile(join(outside.folder, "example.ts"), await readExample("client", {}));
      const printed = await outside.runWith(
        {
          ISSUER_URL: url,
          API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
          CLIENT_ID: client.id,
          CLIENT_SECRET: client.secret,
        },
        process.execPath,
        "example.ts",
      );
      expect(printed).toBe("200 [ 'lantern' ]\n");
    } finally {
      api.close();
      await issuer.close();
    }
  });
});

describe.skipIf(withoutRedis)(`redis, packed and installed elsewhere (${howToGetRedis})`, () => {
  let outside: Outside;
  let redis: RedisServer;
  beforeAll(async () => {
    outside = await installOutside("redis", []);
    redis = await startRedis();
  }, 120_000);
  afterAll(async () => {
    await redis?.remove();
    await outside?.remove();
  });

  it("runs the README's example", async () => {
    const issuer = createTestIssuer({ audience: "https://api.example.com" });
    await issuer.listen();
    try {
      const example = await readExample("redis", { "https://id.example.com": issuer.url });
      await writeFile(join(outside.folder, "example.ts"), example);
      const token = await issuer.mint({ subject: "ada" });
      const use = `
        import { fetch, logout } from "./example.ts";
        const headers = { authorization: "Bearer ${token}" };
        for (const handle of [fetch, logout, fetch]) {
          console.log((await handle(new Request("https://api.example.com/", { headers }))).status);
        }
        process.kill(process.pid, "SIGTERM");
      `;
      await writeFile(join(outside.folder, "use.ts"), use);
      const printed = await outside.runWith({ REDIS_URL: redis.url }, process.execPath, "use.ts");
      expect(printed).toBe("200\n204\n401\n");
    } finally {
      await issuer.close();
    }
  });
});
