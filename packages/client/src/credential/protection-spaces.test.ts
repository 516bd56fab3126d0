import { expect, test } from "vitest";
import { createProtectionSpaces } from "./protection-spaces.ts";

const at = (path: string) => new URL(path, "https://api.example.com");

function setUp(...asked: readonly (readonly [url: string, realm: string, domain?: string])[]) {
  const spaces = createProtectionSpaces<{ realm: string; domain: string | undefined }>();
  for (const [url, realm, domain] of asked) spaces.put(at(url), { realm, domain });
  return { spaces, find: (url: string) => spaces.find(at(url))?.realm };
}

test("without a domain a space is its whole origin, and no other", () => {
  const { find } = setUp(["/a/b?c", "one"]);
  expect(["/", "/a", "/x?y"].map(find)).toEqual(["one", "one", "one"]);
  expect(find("https://api.example.com:8443/a/b")).toBeUndefined();
  expect(find("https://api.example.com.evil.example/")).toBeUndefined();
  expect(find("http://api.example.com/a/b")).toBeUndefined();
});

test("a domain names paths, by which URLs begin", () => {
  const { find } = setUp(["/a/1", "one", "/a /b/ https://api.example.com/c"]);
  expect(["/a", "/a/2", "/b/1", "/c?d"].map(find)).toEqual(["one", "one", "one", "one"]);
  expect(["/", "/b", "/d"].map(find)).toEqual([undefined, undefined, undefined]);
});

test("a domain does not reach other origins, but the URL that was asked for is always in it", () => {
  const { find } = setUp([
    "/a",
    "one",
    "https://evil.example/ http://api.example.com/ //x.example http://[",
  ]);
  expect(find("/a?b")).toBe("one");
  expect(find("/")).toBeUndefined();
  expect(find("https://evil.example/")).toBeUndefined();
  expect(find("http://api.example.com/a")).toBeUndefined();
  expect(find("https://x.example/")).toBeUndefined();
});

test("the longer prefix decides, and of two of one length the later one", () => {
  const all = ["/", "all"] as const;
  const admin = ["/admin", "admin", "/admin"] as const;
  for (const { find } of [setUp(all, admin), setUp(admin, all)]) {
    expect(find("/orders")).toBe("all");
    expect(find("/admin/users")).toBe("admin");
  }
  expect(setUp(["/", "one"], ["/", "two"]).find("/")).toBe("two");
});

test("a realm that asks again takes its own place", () => {
  const { find } = setUp(["/", "one"], ["/", "two"], ["/a", "two", "/a"]);
  expect(find("/")).toBe("one");
  expect(find("/a")).toBe("two");
});

test("what is dropped is gone, and nothing else", () => {
  const { spaces, find } = setUp(["/", "all"], ["/admin", "admin", "/admin"]);
  spaces.drop(at("/admin/users"));
  expect(find("/admin/users")).toBe("all");
  spaces.drop(at("/"));
  spaces.drop(at("/"));
  expect(find("/")).toBeUndefined();
});

test("a server that invents realms fills no memory", () => {
  const many = Array.from({ length: 1000 }, (_, nth) => [`/${nth}`, `${nth}`, `/${nth}`] as const);
  const { find } = setUp(["/first", "first", "/first"], ...many);
  expect(find("/first")).toBeUndefined();
  expect(find("/999")).toBe("999");
});
