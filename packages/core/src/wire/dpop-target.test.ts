import { describe, expect, test } from "vitest";
import { toDpopTarget } from "./dpop-target.ts";

describe("toDpopTarget", () => {
  test.each([
    ["https://server.example.com/token", "https://server.example.com/token"],
    ["https://api.test/orders?page=2", "https://api.test/orders"],
    ["https://api.test/orders?", "https://api.test/orders"],
    ["https://api.test/orders#top", "https://api.test/orders"],
    ["https://api.test/orders#a?b", "https://api.test/orders"],
    ["HTTPS://API.Test/Orders", "https://api.test/Orders"],
    ["https://api.test:443/", "https://api.test/"],
    ["http://api.test:80/", "http://api.test/"],
    ["https://api.test:80/", "https://api.test:80/"],
    ["https://api.test:8443/", "https://api.test:8443/"],
    ["https://api.test", "https://api.test/"],
    ["https://api.test?x", "https://api.test/"],
    ["https://api.test/a/./b/../c", "https://api.test/a/c"],
    ["https://api.test/%7eada/%41%2d%5F", "https://api.test/~ada/A-_"],
    ["https://api.test/a%2fb%c3%a9", "https://api.test/a%2Fb%C3%A9"],
    ["https://api.test/a%", "https://api.test/a%"],
    ["https://api.test//a/", "https://api.test//a/"],
    ["https://[2001:DB8::1]/", "https://[2001:db8::1]/"],
  ])("%s is %s", (url, target) => {
    expect(toDpopTarget(url)).toBe(target);
    expect(toDpopTarget(target)).toBe(target);
  });

  test.each([
    ["https://api.test/orders", "https://api.test/Orders"],
    ["https://api.test/orders", "https://api.test/orders/"],
    ["https://api.test/orders", "https://api.test//orders"],
    ["https://api.test/orders", "http://api.test/orders"],
    ["https://api.test/orders", "https://api.test:8443/orders"],
    ["https://api.test/orders", "https://api.test.evil.test/orders"],
    ["https://api.test/a/b", "https://api.test/a%2Fb"],
    ["https://api.test/a", "https://api.test/%2561"],
    ["https://api.test/orders", "https://api.test/orders%3Fpage"],
  ])("%s is not %s", (one, other) => {
    expect(toDpopTarget(one)).not.toBe(toDpopTarget(other));
  });

  test.each([
    "",
    "orders",
    "/orders",
    "//api.test/orders",
    "https:",
    "https://",
    "https:api.test/orders",
    "https:/api.test/orders",
    "https:\\\\api.test\\orders",
    "https://api.test\\orders",
    " https://api.test/orders",
    "https://api.test/orders\n",
    "https://api.test/or\tders",
    "https://api.test/or ders",
    "https://api.test/é",
    "https://ada@api.test/orders",
    "https://ada:pw@api.test/orders",
    "https://:pw@api.test/orders",
    "https://api.test:99999/",
    "ftp://api.test/orders",
    "javascript:alert(1)",
    "data:text/plain,x",
  ])("%j is none", (url) => {
    expect(toDpopTarget(url)).toBeUndefined();
  });
});
