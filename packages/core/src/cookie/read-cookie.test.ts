import { expect, it } from "vitest";
import { readCookie } from "./read-cookie.ts";

it.each([
  [undefined, []],
  ["", []],
  ["__Host-access=t", ["t"]],
  ["a=1; __Host-access=t; b=2", ["t"]],
  ["a=1;__Host-access=t", ["t"]],
  ["__Host-access=t=u", ["t=u"]],
  ["__Host-access=", [""]],
  [" __Host-access = t ; a=1", ["t"]],
  ["__Host-access", []],
  ["__Host-access2", []],
  ["x__Host-access=t; __host-access=t; __Host-access2=t", []],
  ["__Host-access=t; __Host-access=u", ["t", "u"]],
  ["=t; ; __Host-access=t", ["t"]],
])("reads %j", (field, values) => {
  expect(readCookie(field, "__Host-access")).toEqual(values);
});
