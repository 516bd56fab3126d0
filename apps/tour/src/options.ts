/** What the tour was told on its command line. */
export interface Options {
  /** End after the table, with an exit code that says whether all rows came out right. */
  readonly once: boolean;
  /** Environment variables for single apps: by app, then by name. */
  readonly overrides: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const usage = `Usage: pnpm demo [--once] [--set APP.VARIABLE=VALUE …]

  --once   end after the table; exit code 0 only if every row came out right
  --set    give one app another environment, for example to see a row fail:
           pnpm demo --once --set express-api.AUDIENCE=https://other.example.test`;

/** @throws Error with the usage, for words it does not know */
export function parseOptions(words: readonly string[]): Options {
  const overrides: Record<string, Record<string, string>> = {};
  const rest = [...words];
  let once = false;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const setting = word === "--set" ? /^([\w-]+)\.(\w+)=(.*)$/.exec(rest.shift() ?? "") : null;
    if (word === "--once") once = true;
    else if (setting) {
      const [, app = "", variable = "", value = ""] = setting;
      overrides[app] = { ...overrides[app], [variable]: value };
    } else if (word !== "--") throw new Error(usage);
  }
  return { once, overrides };
}
