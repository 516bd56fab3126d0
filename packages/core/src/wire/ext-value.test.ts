import { expect, test } from "vitest";
import { decodeExtValue, encodeExtValue } from "./ext-value.ts";

test("the user name of RFC 7616 §3.9.2", () => {
  expect(encodeExtValue("J\u00e4s\u00f8n Doe")).toBe("UTF-8''J%C3%A4s%C3%B8n%20Doe");
  expect(decodeExtValue("UTF-8''J%C3%A4s%C3%B8n%20Doe")).toBe("J\u00e4s\u00f8n Doe");
});

test("the examples of RFC 8187 §3.2.3", () => {
  expect(decodeExtValue("UTF-8''%c2%a3%20and%20%e2%82%ac%20rates")).toBe("\u00a3 and \u20ac rates");
  expect(decodeExtValue("utf-8'en'%C2%A3%20rates")).toBe("\u00a3 rates");
  expect(decodeExtValue("iso-8859-1'en'%A3%20rates")).toBeUndefined();
});

test.each(["\u00e4\u{1f600}", "a'b(c)*d!e", "100%", "", " "])("%j there and back", (text) => {
  expect(encodeExtValue(text)).toMatch(/^UTF-8''[A-Za-z0-9\-._~%]*$/);
  expect(decodeExtValue(encodeExtValue(text))).toBe(text);
});

test.each(["abc", "UTF-8'abc", "UTF-8''a b", "UTF-8''%C3", "UTF-8''%G1", "UTF-8''%", "UTF-8''a'b"])(
  "%j is none",
  (value) => {
    expect(decodeExtValue(value)).toBeUndefined();
  },
);
