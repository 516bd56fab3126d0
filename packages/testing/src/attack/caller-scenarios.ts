import { encoded, presenting } from "./basic.ts";
import type { PasswordCaller } from "./callers.ts";
import { signedByDigest } from "./digest.ts";
import { isAccepted } from "./judge.ts";
import { signedByConsumer } from "./oauth1.ts";
import { acceptedOnce, type Scenario } from "./scenario.ts";

/** Attacks of more than one request on callers without tokens. */
export const callerScenarios: readonly Scenario[] = [
  {
    id: "oauth1-nonce-replayed-at-once",
    source: "RFC 5849 §3.3",
    expected: "one signed request sent ten times at once: accepted once",
    run: acceptedOnce(signedByConsumer()),
  },
  {
    id: "digest-count-replayed-at-once",
    source: "RFC 7616 §5.12",
    expected: "one digest sent ten times at once: accepted once",
    run: acceptedOnce(signedByDigest()),
  },
  {
    id: "basic-unknown-user-answered-alike",
    source: "OWASP ASVS 6.3.8",
    expected: "status and WWW-Authenticate as for a wrong password",
    async run({ context, send }) {
      const answerTo = async (prefix: string) => {
        const guess = ({ username }: PasswordCaller) =>
          encoded(`${prefix}${username}:a wrong guess`);
        const answer = await send(await presenting(guess)(context));
        // Nonces of other schemes differ each time.
        const field = answer.headers["www-authenticate"]?.replace(/(nonce|opaque)="[^"]*"/g, "");
        return { isIn: isAccepted(answer), found: `${answer.status} ${field}` };
      };
      const [wrong, unknown] = [await answerTo(""), await answerTo("not-")];
      if (wrong.isIn || unknown.isIn) return { grade: "hole", found: "a wrong guess was let in" };
      if (unknown.found === wrong.found) return undefined;
      const found = `${unknown.found}; for a wrong password ${wrong.found}`;
      return { grade: "deviation", found };
    },
  },
];
