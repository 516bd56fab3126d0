import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readNetrc } from "./netrc.ts";

const host = "api.example.com";
const read = (text: string, of = host) => {
  const found = readNetrc(text, of);
  return (
    found && [found.username, String(typeof found.password !== "string" && found.password.reveal())]
  );
};

test.each<[string, string, readonly string[] | undefined]>([
  ["one line", `machine ${host} login ada password s3cret`, ["ada", "s3cret"]],
  ["several lines", `machine ${host}\n\tlogin ada\r\n\tpassword s3cret\n`, ["ada", "s3cret"]],
  ["the host in capitals", `machine API.example.COM login a password b`, ["a", "b"]],
  [
    "password before login, and an account",
    `machine ${host} account x password b login a`,
    ["a", "b"],
  ],
  [
    "the first of two entries",
    `machine ${host} login a password b\nmachine ${host} login c password d`,
    ["a", "b"],
  ],
  [
    "an entry after others",
    `machine x login a password b machine ${host} login c password d`,
    ["c", "d"],
  ],
  ["default", "machine x login a password b\ndefault login c password d", ["c", "d"]],
  [
    "default that comes first",
    `default login c password d\nmachine ${host} login a password b`,
    ["c", "d"],
  ],
  ["quotes", `machine ${host} login "a b" password "c \\"d\\\\"`, ["a b", 'c "d\\']],
  [
    "a keyword as password",
    `machine ${host} login machine password "default"`,
    ["machine", "default"],
  ],
  ["a # inside a password", `machine ${host} login a password b#c`, ["a", "b#c"]],
  ["comments", `# mine\nmachine ${host} # the API\nlogin a password b`, ["a", "b"]],
  [
    "a macro",
    `machine x login y password z\nmacdef init\nlogin evil\npassword evil\n\nmachine ${host} login a password b`,
    ["a", "b"],
  ],
  ["a macro at the end", `machine ${host} login a password b\nmacdef init\nmachine`, ["a", "b"]],
  ["another host", "machine evil.example login a password b", undefined],
  ["a host that ends alike", `machine evil-${host} login a password b`, undefined],
  ["no password", `machine ${host} login a`, undefined],
  ["nothing", "", undefined],
])("reads %s", (_, text, expected) => {
  expect(read(text)).toEqual(expected);
});

describe("what is no netrc file", () => {
  test.each([
    ["another word", `machine ${host} user marked password marked`],
    ["a keyword without its value", `machine ${host} login`],
    ["quotes without their end", `machine ${host} login "marked`],
    ["JSON", '{"marked": 1}'],
  ])("%s", (_, text) => {
    expect(() => readNetrc(text, host)).toThrow(/^readNetrc: (?!.*marked)/);
  });

  test("throws nothing else, whatever it is, and goes through it once", () => {
    const part = fc.constantFrom(
      "machine",
      "login",
      "macdef",
      "default",
      "\n",
      "\n\n",
      '"',
      "#",
      "\\",
      " ",
      "a",
    );
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join(" ")),
        (text) => {
          try {
            readNetrc(text, host);
          } catch (error) {
            expect(error).toMatchObject({ name: "ConfigurationError" });
          }
        },
      ),
    );
    for (const each of ["macdef ", "macdef\n", '"', "# ", "machine ", "\n"]) {
      expect(() => readNetrc(`x ${each.repeat(100_000)}`, host)).toThrow(/^readNetrc/);
    }
  });
});
