import { token68 } from "../guard/authorization.ts";
import { createPrincipal, type Principal } from "../guard/principal.ts";
import { passwordInvalid } from "../guard/refusals.ts";
import type { Scheme } from "../guard/scheme.ts";
import { accepted, type Rejection, rejected } from "../guard/verdict.ts";
import { decodeBasic } from "../wire/basic.ts";
import { toSeconds } from "../wire/clock.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import { createMemoryOfSuccess } from "./memory-of-success.ts";

/** A user as the application knows them. */
export interface User {
  readonly subject: string;
  /** What the {@link PasswordVerifier} made of the password. */
  readonly passwordHash: string;
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  readonly permissions?: readonly string[];
}

/** Where the application keeps its users. */
export interface UserStore {
  find(username: string): MaybePromise<User | undefined>;
}

/** Checks passwords: `argon2id()` of `@countersign/issuer/argon2` is one. */
export interface PasswordVerifier {
  /**
   * Whether a password belongs to a hash. Without a hash (there is no such user) it does the same
   * work and says no, so that the time tells nobody who exists.
   */
  verify(hash: string | undefined, password: string): MaybePromise<boolean>;
}

/** Whom a user name and a password stand for. */
export type BasicPrincipal<N extends string = "basic"> = Principal<N> & {
  readonly subject: string;
  readonly authenticatedAt: number;
};

/** How Basic credentials are taken. */
export interface BasicOptions<N extends string = "basic"> {
  readonly users: UserStore;
  readonly passwords: PasswordVerifier;
  /** What principals call this scheme. Default `"basic"`. */
  readonly name?: N;
}

/**
 * User names and passwords, sent as `Authorization: Basic …` in UTF-8 (RFC 7617). A success is
 * remembered for 60 s, in a form that gives nothing away, so that not every request costs a password
 * hash; a changed hash is noticed at once.
 *
 * @throws ConfigurationError when the options cannot be right
 * @example
 * basic({ users: { find: (name) => database.user(name) }, passwords: argon2id() });
 */
export function basic<const N extends string = "basic">(
  options: BasicOptions<N>,
): Scheme<BasicPrincipal<N>> {
  const { users, passwords } = options;
  const name = options.name ?? ("basic" as N);
  if (typeof users?.find !== "function" || typeof passwords?.verify !== "function") {
    throw new ConfigurationError(
      "basic needs users with find(username) and passwords with verify(hash, password).",
    );
  }
  const remembered = createMemoryOfSuccess();

  return Object.freeze<Scheme<BasicPrincipal<N>>>({
    name,
    takes: ["Authorization: Basic"],
    find(_request, authorization) {
      if (authorization?.scheme !== "basic") return undefined;
      const credentials = token68(authorization.value) && decodeBasic(authorization.value);
      if (!credentials) return refuse("user name and password, in UTF-8 and base64", "neither");
      const { username, password } = credentials;
      return {
        location: "authorization",
        guessable: true,
        claimedSubject: username,
        async verify({ now, rehearsal }) {
          const user = await users.find(username);
          const check = () => passwords.verify(user?.passwordHash, password);
          const pair = { hash: user?.passwordHash, password };
          const isRight = await remembered.or(pair, now, check, !rehearsal);
          if (user === undefined || isRight !== true) {
            return refuse("the password of a user", "another, or no such user");
          }
          return accepted(toPrincipal(name, user, toSeconds(now)));
        },
      };
    },
    checks: () => [passwordInvalid],
    challenges: () => [{ scheme: "Basic", params: { charset: "UTF-8" } }],
    describe: () => [{ type: "http", scheme: "basic" }],
  });
}

function refuse(expected: string, found: string): Rejection {
  return rejected(passwordInvalid, { details: { expected, found } });
}

function toPrincipal<N extends string>(scheme: N, user: User, now: number): BasicPrincipal<N> {
  const { subject, scopes = [], roles = [], permissions = [] } = user;
  // Whoever sends a password logs in with every request.
  const facts = { scheme, subject, scopes, roles, permissions, authenticatedAt: now };
  return createPrincipal(facts) as BasicPrincipal<N>;
}
