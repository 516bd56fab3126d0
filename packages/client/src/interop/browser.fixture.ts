/**
 * What a user's browser does with a login: follows redirects, keeps cookies, sends forms off. Ends at the
 * first address elsewhere, or at a page without a form.
 *
 * @returns where it ended
 */
export async function browse(start: string): Promise<URL> {
  const { origin } = new URL(start);
  const cookies = new Map<string, string>();
  let url = new URL(start);
  let form: URLSearchParams | undefined;
  for (let steps = 0; steps < 20; steps++) {
    const response = await fetch(url, {
      method: form ? "POST" : "GET",
      body: form ?? null,
      headers: { cookie: [...cookies].map((cookie) => cookie.join("=")).join("; ") },
      redirect: "manual",
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    const page = await response.text();
    const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
    form = undefined;
    if (location !== null) url = new URL(location, url);
    else if (action === undefined || !response.ok) return url;
    else {
      form = readInputs(page);
      url = new URL(action, url);
    }
    if (url.origin !== origin) return url;
  }
  throw new Error(`The login at ${origin} leads in circles.`);
}

/** The inputs of a page, as they are filled in already. */
function readInputs(page: string): URLSearchParams {
  const form = new URLSearchParams();
  for (const [input] of page.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(input)?.[1];
    if (name) form.set(name, /value="([^"]*)"/.exec(input)?.[1] ?? "");
  }
  return form;
}
