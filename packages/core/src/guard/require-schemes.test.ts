import { describe, expect, it } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { asBearer, inHeader, inQuery } from "../api-key/place.ts";
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
      [apiKey({ keys }), apiKey({ keys, name: "b", from: [inHeader("x-api-key")] })],
      "header x-api-key",
    ],
    [
      "one query parameter",
      [apiKey({ keys, from: [inQuery("k")] }), apiKey({ keys, name: "b", from: [inQuery("k")] })],
      "query k",
    ],
    [
      "one Authorization scheme",
      [basic(accounts), basic({ ...accounts, name: "b" })],
      "Authorization: Basic",
    ],
    [
      "keys of one prefix sent as Bearer",
      [
        apiKey({ keys, prefix: "c", from: [asBearer()] }),
        apiKey({ keys, name: "b", prefix: "c", from: [asBearer()] }),
      ],
      "c_… sent as Bearer",
    ],
  ])("are refused at start: %s", (_what, schemes, place) => {
    expect(() => createGuard({ schemes })).toThrow(ConfigurationError);
    expect(() => createGuard({ schemes })).toThrow(place);
  });

  it("go together where they read others, or tell tokens apart by a prefix", () => {
    const bearer = [asBearer()];
    const schemes = [
      apiKey({ keys, from: [inHeader("x-a"), inQuery("k")] }),
      apiKey({ keys, name: "b", from: [inHeader("x-b"), inQuery("K")] }),
      apiKey({ keys, name: "c", prefix: "c", from: bearer }),
      apiKey({ keys, name: "d", prefix: "d", from: bearer }),
      basic(accounts),
    ];
    expect(() => createGuard({ schemes })).not.toThrow();
  });

  it("are refused even if it is the same scheme twice", () => {
    const from = [inHeader("x-a"), inHeader("X-A")];
    expect(() => createGuard({ schemes: [apiKey({ keys, from })] })).toThrow("header x-a");
  });
});
