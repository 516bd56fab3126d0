import { describe, expect, it } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { basic } from "../basic/basic.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { createGuard } from "./create-guard.ts";

const keys = createMemoryApiKeys([]);
const accounts = { users: { find: () => undefined }, passwords: { verify: () => false } };

describe("schemes that read one place", () => {
  it.each([
    [
      "one header",
      [apiKey({ keys }), apiKey({ keys, name: "b", from: [{ header: "x-api-key" }] })],
      "header x-api-key",
    ],
    [
      "one query parameter",
      [
        apiKey({ keys, from: [{ query: "k" }] }),
        apiKey({ keys, name: "b", from: [{ query: "k" }] }),
      ],
      "query k",
    ],
    [
      "one Authorization scheme",
      [basic(accounts), basic({ ...accounts, name: "b" })],
      "Authorization scheme basic",
    ],
  ])("are refused at start: %s", (_what, schemes, place) => {
    expect(() => createGuard({ schemes })).toThrow(ConfigurationError);
    expect(() => createGuard({ schemes })).toThrow(place);
  });

  it("go together where they read others, or tell tokens apart by a prefix", () => {
    const bearer = [{ authorization: "Bearer" }] as const;
    const schemes = [
      apiKey({ keys, from: [{ header: "x-a" }, { query: "k" }] }),
      apiKey({ keys, name: "b", from: [{ header: "x-b" }, { query: "K" }] }),
      apiKey({ keys, name: "c", prefix: "c", from: bearer }),
      apiKey({ keys, name: "d", prefix: "d", from: bearer }),
      basic(accounts),
    ];
    expect(() => createGuard({ schemes })).not.toThrow();
  });

  it("are refused even if it is the same scheme twice", () => {
    const from = [{ header: "x-a" }, { header: "X-A" }];
    expect(() => createGuard({ schemes: [apiKey({ keys, from })] })).toThrow("header x-a");
  });
});
