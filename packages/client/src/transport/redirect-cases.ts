import { apiKey } from "../credential/api-key.ts";
import { bearer } from "../credential/bearer.ts";
import { carriesCredential, kinds } from "./kinds.ts";
import { type HostileOrigins, headerOf, type Step, setStage } from "./stage.ts";
import { codeOf, expect, failureOf, type TransportCase } from "./transport-case.ts";

function redirect(location: string, status = 302): Step {
  return { status, headers: [["location", location]] };
}

const others: readonly (readonly [what: string, keyof HostileOrigins])[] = [
  ["another port", "otherPort"],
  ["another host", "otherHost"],
  ["another scheme", "secure"],
];

/** What goes along when a server sends a caller elsewhere. */
export const redirectCases: readonly TransportCase[] = [
  ...kinds.flatMap(({ name, needs = [], create, challenge }): TransportCase[] => [
    {
      name: `a redirect within the origin takes ${name} along`,
      needs: ["redirects", ...needs],
      async run({ server, connect }) {
        const stage = await setStage(server, {
          "/start": [...(challenge ? [challenge] : []), redirect("./end")],
          "/end": [{ body: "admitted" }],
        });
        const fetch = connect({ origins: [server.home], credential: await create() });
        const answer = await fetch(stage.url("/start"));
        expect(await answer.text(), "admitted", "the answer");
        const last = (await stage.received()).at(-1);
        expect(last?.path.includes("/end"), true, "whether the redirect was followed");
        expect(last !== undefined && carriesCredential(last), true, "whether the credential came");
      },
    },
    ...others.map(
      ([what, other]): TransportCase => ({
        name: `a redirect to ${what} takes nothing of ${name} along, nor does the way back`,
        needs: ["redirects", ...needs],
        async run({ server, connect }) {
          for (const status of [301, 302, 303, 307, 308]) {
            const stage = await setStage(server, (url) => ({
              "/start": [
                ...(challenge ? [challenge] : []),
                redirect(url("/away", server[other]), status),
              ],
              // From https there is no way back to http.
              "/away": [other === "secure" ? { body: "end" } : redirect(url("/back"), status)],
              "/back": [{ body: "end" }],
            }));
            // The other origin is listed, too: who sent us there is not whom we meant to call.
            const origins = [server.home, server[other]];
            const fetch = connect({ origins, credential: await create() });
            const answer = await fetch(stage.url("/start"), { method: "POST", body: "{}" });
            expect(await answer.text(), "end", "the answer");
            const received = await stage.received();
            const away = received.filter(({ path }) => !path.includes("/start"));
            expect(away.length, other === "secure" ? 1 : 2, "how many requests were elsewhere");
            expect(away.map(carriesCredential).includes(true), false, "whether any has ours");
            const start = received.filter(({ path }) => path.includes("/start"));
            expect(start.some(carriesCredential), true, "whether the credential was there at all");
          }
        },
      }),
    ),
  ]),
  {
    name: "a redirect elsewhere takes none of the caller's own credentials along",
    needs: ["redirects", "cookies"],
    async run({ server, connect }) {
      const stage = await setStage(server, (url) => ({
        "/start": [redirect(url("/away", server.otherPort))],
        "/away": [{}],
      }));
      const fetch = connect({ origins: [server.home], credential: apiKey({ key: "k" }) });
      const own = { Authorization: "Other marked", Cookie: "a=marked", "X-Mine": "1" };
      await fetch(stage.url("/start"), { headers: own });
      const [start, away] = await stage.received();
      if (!start || !away) throw new Error("the redirect was not followed");
      expect(headerOf(start, "authorization"), ["Other marked"], "what the origin was sent");
      expect(carriesCredential(away), false, "whether it went along");
      expect(headerOf(away, "x-mine"), ["1"], "a header that is no credential");
    },
  },
  {
    name: "a Location that repeats our query parameter does not take it elsewhere",
    needs: ["redirects"],
    async run({ server, connect }) {
      const key = "marked-key &";
      const credential = apiKey({ key, query: "tenant_key" });
      const own = `tenant_key=${encodeURIComponent(key)}`;
      const within = `return=${encodeURIComponent(`/?${own}`)}`;
      for (const copy of [own, within, new URLSearchParams({ return: key }).toString()]) {
        const stage = await setStage(server, (url) => ({
          "/start": [redirect(`./next?${own}`)],
          "/next": [redirect(`${url("/away", server.otherPort)}?${copy}&b=2`)],
          "/away": [{}],
        }));
        const fetch = connect({ origins: [server.home], credential });
        // Not to follow it is as good.
        await fetch(stage.url("/start")).catch(() => {});
        const [, next, away] = await stage.received();
        const parameters = new URL(next?.path ?? "", server.home).searchParams;
        expect(parameters.getAll("tenant_key"), [key], "the parameter within the origin");
        expect(away !== undefined && carriesCredential(away), false, `whether ${copy} went along`);
      }
    },
  },
  {
    name: "redirects to what is not encrypted are refused before anything is sent",
    needs: ["redirects"],
    async run({ server, connect }) {
      for (const [from, target] of [
        [server.home, "http://api.example.com/away"],
        [server.secure, `${server.home}/-/page`],
      ] as const) {
        const stage = await setStage(server, { "/start": [redirect(target)] });
        const fetch = connect({ origins: [from], credential: bearer("marked-token") });
        const call = fetch(stage.url("/start", from));
        expect(codeOf(await failureOf(call)), "redirect_refused", `from ${from} to ${target}`);
      }
    },
  },
  {
    name: "redirects to no http(s) URL, or to one with a password, are refused",
    needs: ["redirects"],
    async run({ server, connect }) {
      const targets = ["ftp://127.0.0.1/", "javascript:alert(1)", "data:,x", "file:///etc/passwd"];
      const user = server.otherPort.replace("//", "//ada:marked@");
      for (const target of [...targets, user, "http://[", "https://"]) {
        const stage = await setStage(server, { "/start": [redirect(target)] });
        const fetch = connect({ origins: [server.home], credential: bearer("marked-token") });
        const failure = await failureOf(fetch(stage.url("/start")));
        expect(codeOf(failure), "redirect_refused", `a redirect to ${target}`);
      }
    },
  },
  {
    name: "a loop of redirects ends",
    needs: ["redirects"],
    async run({ server, connect }) {
      const stage = await setStage(server, { "/a": [redirect("./b")], "/b": [redirect("./a")] });
      const fetch = connect({ origins: [server.home], credential: bearer("marked-token") });
      const failure = await failureOf(fetch(stage.url("/a")));
      expect(codeOf(failure), "redirect_refused", "the failure");
      expect((await stage.received()).length, 21, "how many requests came");
    },
  },
  {
    name: "a refusal after a redirect is answered there",
    needs: ["redirects"],
    async run({ server, connect }) {
      let count = 0;
      const stage = await setStage(server, {
        "/start": [redirect("./end", 307)],
        "/end": [{ status: 401 }, { body: "admitted" }],
      });
      const credential = {
        attach: () => ({
          headers: { "x-count": String(++count) },
          answered: ({ status }: { status: number }) =>
            status === 401 ? ("nonce" as const) : undefined,
        }),
      };
      const fetch = connect({ origins: [server.home], credential });
      const answer = await fetch(stage.url("/start"), { method: "POST", body: "{}" });
      expect(await answer.text(), "admitted", "the answer");
      const received = await stage.received();
      const counts = received.flatMap((each) => headerOf(each, "x-count"));
      expect(counts, ["1", "2", "3"], "what was attached");
      expect(new Set(received.map(({ body }) => body)).size, 1, "how many bodies there are");
    },
  },
];

/** Where redirects are hidden. */
export const hiddenRedirectCases: readonly TransportCase[] = others.map(([what, other]) => ({
  name: `a redirect to ${what} is an error, and nothing is sent there`,
  async run({ server, connect }) {
    for (const { create } of kinds) {
      const stage = await setStage(server, (url) => ({
        "/start": [redirect(url("/away", server[other]))],
        "/away": [{}],
      }));
      const fetch = connect({ origins: [server.home], credential: await create() });
      expect(
        codeOf(await failureOf(fetch(stage.url("/start")))),
        "redirect_refused",
        "the failure",
      );
      const away = (await stage.received()).filter(({ path }) => path.includes("/away"));
      expect(away.length, 0, "how many requests were elsewhere");
    }
  },
}));
