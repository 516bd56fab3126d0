import type { PasswordVerifier, User, UserStore } from "@countersign/core";
import { argon2id } from "@countersign/issuer/argon2";
import type { Settings } from "./settings.ts";

/** Who may log in, and the check of their passwords. */
export interface Users {
  readonly users: UserStore;
  readonly passwords: PasswordVerifier;
}

/** What the user may do, and what they may let a client do for them. */
export const userScopes = ["orders:read", "orders:write"];

/** The one user of the demo, who is an admin. */
export async function createUsers({ username, password }: Settings): Promise<Users> {
  const passwords = argon2id();
  const user: User = {
    subject: username,
    passwordHash: await passwords.hash(password),
    scopes: userScopes,
    roles: ["admin"],
  };
  return { users: { find: (name) => (name === username ? user : undefined) }, passwords };
}
