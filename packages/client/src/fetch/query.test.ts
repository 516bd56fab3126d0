import { expect, test } from "vitest";
import { addQuery, dropQuery } from "./query.ts";

const url = new URL("https://api.example.com/a?x=%7E+1&y&y=2#part");

test("adds at the end and leaves the rest byte for byte", () => {
  expect(addQuery(url, { key: "a b&c" }).href).toBe(
    "https://api.example.com/a?x=%7E+1&y&y=2&key=a+b%26c#part",
  );
  expect(addQuery(new URL("https://api.example.com"), { key: "1" }).search).toBe("?key=1");
  expect(addQuery(url, {}).href).toBe(url.href);
});

test("drops what is named and leaves the rest byte for byte", () => {
  expect(dropQuery(url, (name) => name === "y").search).toBe("?x=%7E+1");
  expect(dropQuery(url, (name, value) => name === "x" && value === "~ 1").search).toBe("?y&y=2");
  expect(dropQuery(url, () => true).href).toBe("https://api.example.com/a#part");
  expect(dropQuery(url, () => false).href).toBe(url.href);
});
