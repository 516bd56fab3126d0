import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { requestOf, withAuthorization } from "../guard/request.fixture.ts";
import { encodeBasic } from "../wire/basic.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { basic } from "./basic.ts";

const second = 1000;
const start = 1_700_000_000_000;

/** Users with these passwords, a verifier that counts, and a clock to turn. */
function setUp(passwords: Record<string, string>) {
  const state = { now: start };
  const users = vi.fn((name: string) =>
    Object.hasOwn(passwords, name)
      ? { subject: `user ${name}`, passwordHash: `hash of ${passwords[name]}`, roles: ["reader"] }
      : undefined,
  );
  const verify = vi.fn(
    (hash: string | undefined, password: string): boolean | Promise<boolean> =>
      hash === `hash of ${password}`,
  );
  const guard = createGuard({
    clock: { now: () => state.now },
    schemes: [basic({ users: { find: users }, passwords: { verify } })],
  });
  const outcome = async (field: string) => {
    const verdict = await guard.check(withAuthorization(field));
    return verdict.kind === "accepted" ? verdict.principal.subject : verdict.reason;
  };
  const login = (username: string, password: string) =>
    outcome(`Basic ${encodeBasic({ username, password })}`);
  return Object.assign(state, { guard, users, verify, outcome, login });
}

/** Any bytes as Basic credentials. */
const raw = (...bytes: number[]) => `Basic ${Buffer.from(bytes).toString("base64")}`;
const text = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;

describe("what it takes", () => {
  test("RFC 7617 §2: Aladdin, open sesame", async () => {
    const { outcome } = setUp({ Aladdin: "open sesame" });
    expect(await outcome("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")).toBe("user Aladdin");
  });

  test("RFC 7617 §2.1: test, 123£ in UTF-8", async () => {
    const { outcome } = setUp({ test: "123£" });
    expect(await outcome("Basic dGVzdDoxMjPCow==")).toBe("user test");
  });

  const pairs: [username: string, password: string][] = [
    ["ada", "with:colons::"],
    ["ada", ""],
    ["", "no name"],
    ["ada", " white space "],
    ["ἄδα", "愛\u{1f511}"],
    ["ada", 'quotes"and\\backslashes'],
    ["__proto__", "pw"],
    ["constructor", "pw"],
  ];
  for (const [username, password] of pairs) {
    test(JSON.stringify([username, password]), async () => {
      const { login } = setUp(Object.fromEntries([[username, password]]));
      expect(await login(username, password)).toBe(`user ${username}`);
      expect(await login(username, `${password}x`)).toBe("password_invalid");
    });
  }

  test("the scheme in any case", async () => {
    const { outcome } = setUp({ Aladdin: "open sesame" });
    for (const word of ["basic", "BASIC", "bAsIc"]) {
      expect(await outcome(`${word} QWxhZGRpbjpvcGVuIHNlc2FtZQ==`)).toBe("user Aladdin");
    }
  });

  test("and whoever logs in does so now", async () => {
    const { guard, login } = setUp({ ada: "pw" });
    const request = requestOf({ authorization: text("ada:pw") });
    expect(await guard.check(request)).toMatchObject({
      principal: {
        scheme: "basic",
        subject: "user ada",
        roles: ["reader"],
        scopes: [],
        authenticatedAt: start / second,
        expiresAt: undefined,
      },
    });
    expect(await login("ada", "pw")).toBe("user ada");
  });
});

describe("what it refuses, without asking anyone", () => {
  const fields: [what: string, field: string][] = [
    ["no colon", text("ada")],
    ["nothing", "Basic"],
    ["nothing but white space", "Basic   "],
    ["no base64", "Basic !!!!"],
    ["base64url", "Basic _-_-"],
    ["base64 without its padding", "Basic YWRhOnB3MQ"],
    ["base64 of a wrong length", "Basic YWRhOnB3M"],
    ["base64 with white space", "Basic YWRh OnB3"],
    ["too much padding", "Basic YWRhOnB3===="],
    ["padding in the middle", "Basic YW==OnB3"],
    ["not encoded at all", "Basic ada:pw"],
    ["Latin-1", raw(...Buffer.from("ada:12£", "latin1"))],
    ["an overlong colon", raw(0x61, 0xc0, 0xba, 0x62)],
    ["a null byte", text("ada\0:pw")],
    ["a line break in the password", text("ada:pw\r\n")],
    ["a control character", text("ada:\u007f")],
    ["a parameter", 'Basic realm="x"'],
    ["an empty pair", "Basic ="],
  ];
  for (const [what, field] of fields) {
    test(what, async () => {
      const { outcome, users, verify } = setUp({ ada: "pw" });
      expect(await outcome(field)).toBe("password_invalid");
      expect(users).not.toHaveBeenCalled();
      expect(verify).not.toHaveBeenCalled();
    });
  }
});

describe("who exists is not told", () => {
  test("an unknown user costs one verification, without a hash", async () => {
    const { login, verify } = setUp({ ada: "pw" });
    expect(await login("eve", "guess")).toBe("password_invalid");
    expect(verify.mock.calls).toEqual([[undefined, "guess"]]);
    expect(await login("ada", "guess")).toBe("password_invalid");
    expect(verify.mock.calls).toEqual([
      [undefined, "guess"],
      ["hash of pw", "guess"],
    ]);
  });

  test("every time: nothing is remembered of an unknown user", async () => {
    const { login, verify } = setUp({});
    await login("eve", "guess");
    await login("eve", "guess");
    expect(verify).toHaveBeenCalledTimes(2);
  });

  test("a verifier that says yes without a hash lets nobody in", async () => {
    const { login, verify } = setUp({});
    verify.mockReturnValue(true);
    expect(await login("eve", "guess")).toBe("password_invalid");
  });

  test("both are refused alike", async () => {
    const { guard } = setUp({ ada: "pw" });
    const [unknown, wrong] = await Promise.all(
      ["eve:guess", "ada:guess"].map((pair) => guard.check(withAuthorization(text(pair)))),
    );
    expect(unknown).toEqual(wrong);
  });
});

describe("a success is remembered for 60 s", () => {
  test("and no longer", async () => {
    const accounts = setUp({ ada: "pw" });
    for (let request = 0; request < 5; request++) await accounts.login("ada", "pw");
    expect(accounts.verify).toHaveBeenCalledTimes(1);
    accounts.now = start + 60 * second - 1;
    expect(await accounts.login("ada", "pw")).toBe("user ada");
    expect(accounts.verify).toHaveBeenCalledTimes(1);
    accounts.now = start + 60 * second;
    expect(await accounts.login("ada", "pw")).toBe("user ada");
    expect(accounts.verify).toHaveBeenCalledTimes(2);
  });

  test("for that password alone", async () => {
    const { login, verify } = setUp({ ada: "pw", bob: "other" });
    await login("ada", "pw");
    expect(await login("ada", "pw2")).toBe("password_invalid");
    expect(await login("bob", "pw")).toBe("password_invalid");
    expect(await login("bob", "other")).toBe("user bob");
    expect(verify).toHaveBeenCalledTimes(4);
  });

  test("a failure never is", async () => {
    const { login, verify } = setUp({ ada: "pw" });
    for (let request = 0; request < 3; request++) {
      expect(await login("ada", "no")).toBe("password_invalid");
    }
    expect(verify).toHaveBeenCalledTimes(3);
    expect(await login("ada", "pw")).toBe("user ada");
  });

  test("a changed password is noticed at once, and so is a user who is gone", async () => {
    const accounts: Record<string, string> = { ada: "pw" };
    const { login } = setUp(accounts);
    expect(await login("ada", "pw")).toBe("user ada");
    accounts.ada = "new";
    expect(await login("ada", "pw")).toBe("password_invalid");
    expect(await login("ada", "new")).toBe("user ada");
    delete accounts.ada;
    expect(await login("ada", "new")).toBe("password_invalid");
  });

  test("pairs that look alike when joined are not mixed up", async () => {
    const passwords: Record<string, string> = { ada: 'a","b' };
    const { login, verify } = setUp(passwords);
    await login("ada", 'a","b');
    passwords.ada = "a";
    expect(await login("ada", 'a","b')).toBe("password_invalid");
    expect(verify).toHaveBeenCalledTimes(2);
  });

  test("one guard's successes are not another's", async () => {
    const [first, second] = [setUp({ ada: "pw" }), setUp({ ada: "pw" })];
    await first.login("ada", "pw");
    await second.login("ada", "pw");
    expect(second.verify).toHaveBeenCalledTimes(1);
  });

  test("a thousand of them: the oldest is forgotten, and costs a verification again", async () => {
    const names = Array.from({ length: 1001 }, (_, at) => [`user${at}`, `pw${at}`] as const);
    const { login, verify } = setUp(Object.fromEntries(names));
    for (const [name, password] of names) await login(name, password);
    verify.mockClear();
    await login("user1000", "pw1000");
    expect(verify).toHaveBeenCalledTimes(0);
    expect(await login("user0", "pw0")).toBe("user user0");
    expect(verify).toHaveBeenCalledTimes(1);
  });
});

describe("a verifier that", () => {
  for (const answer of ["yes", 1, {}, undefined, null] as never[]) {
    test(`answers ${JSON.stringify(answer)} has not said true`, async () => {
      const { login, verify } = setUp({ ada: "pw" });
      verify.mockReturnValue(answer);
      expect(await login("ada", "pw")).toBe("password_invalid");
      verify.mockReturnValue(Promise.resolve(answer));
      expect(await login("ada", "pw")).toBe("password_invalid");
      expect(verify).toHaveBeenCalledTimes(2);
    });
  }

  test("throws cannot tell: unavailable, and the next request asks it again", async () => {
    const { login, verify } = setUp({ ada: "pw" });
    verify.mockImplementationOnce(() => {
      throw new Error("out of memory");
    });
    verify.mockImplementationOnce(() => Promise.reject(new Error("out of memory")));
    expect(await login("ada", "pw")).toBe("store_unavailable");
    expect(await login("ada", "pw")).toBe("store_unavailable");
    expect(await login("ada", "pw")).toBe("user ada");
  });
});

test("options without a store or a verifier: ConfigurationError", () => {
  const users = { find: () => undefined };
  const passwords = { verify: () => false };
  for (const options of [{}, { users }, { passwords }, { users: {}, passwords: {} }]) {
    expect(() => basic(options as never)).toThrow(ConfigurationError);
  }
  expect(() => basic({ users, passwords })).not.toThrow();
});

test("no verdict and no guard shows a password", async () => {
  const { guard, login } = setUp({ ada: "planted-password" });
  await login("ada", "planted-password");
  for (const pair of ["ada:planted-wrong", "eve:planted-wrong", "planted-without-colon"]) {
    const verdict = await guard.check(withAuthorization(text(pair)));
    const shown = inspect([verdict, guard], { depth: Infinity }) + JSON.stringify([verdict, guard]);
    expect(shown).not.toMatch(/planted|hash of/);
    expect(shown).not.toContain(text(pair).slice(6));
  }
});
