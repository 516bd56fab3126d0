import { expect, test } from "vitest";
import { type ClaimReader, readNames } from "./read-claim.ts";

const claims = JSON.parse(`{
  "scope": "a b", "spaced": "  a   b ", "empty": "", "list": ["a", "b c"], "mixed": ["a", 5, null, ["b"]],
  "number": 5, "nothing": null, "object": {"a": 1}, "https://example.com/roles": ["admin"],
  "realm_access": {"roles": ["admin"]}, "a.b": ["dotted"], "a": {"b": ["nested"]},
  "__proto__": {"inherited": ["admin"]}
}`);

const rows: [what: string, reader: ClaimReader, names: string[]][] = [
  ["words of a string", "scope", ["a", "b"]],
  ["no empty words", "spaced", ["a", "b"]],
  ["none of an empty string", "empty", []],
  ["strings of an array, untouched", "list", ["a", "b c"]],
  ["nothing but strings of an array", "mixed", ["a"]],
  ["none of a number", "number", []],
  ["none of null", "nothing", []],
  ["none of an object", "object", []],
  ["none of what is absent", "absent", []],
  ["a name that is a URL", "https://example.com/roles", ["admin"]],
  ["a name with a dot is no path", "a.b", ["dotted"]],
  ["a path", ["a", "b"], ["nested"]],
  ["a path as Keycloak has it", ["realm_access", "roles"], ["admin"]],
  ["a path that leads nowhere", ["realm_access", "absent", "roles"], []],
  ["a path through a string", ["scope", "length"], []],
  ["a path through an array", ["list", "0"], []],
  ["nothing inherited", "inherited", []],
  ["nothing inherited on a path", ["constructor", "name"], []],
  ["a function", (all) => Object.keys(all).slice(0, 1), ["scope"]],
];
for (const [what, reader, names] of rows) {
  test(what, () => expect(readNames(claims, reader)).toEqual(names));
}
