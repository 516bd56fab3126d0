const longestBody = 64 * 1024;

/** Problem details (RFC 9457), as the guard answers them. */
export function problem(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(
    { type: "about:blank", status, detail },
    {
      status,
      headers: {
        "cache-control": "no-store",
        "content-type": "application/problem+json",
        ...headers,
      },
    },
  );
}

/** The JSON object in a request's body; a Response is thrown at whoever sends anything else. */
export async function readJson(request: Request): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readText(request));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    if (error instanceof Response) throw error;
  }
  throw problem(400, "The body must be a JSON object");
}

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > longestBody) throw problem(413, `The body may have ${longestBody} bytes at most`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
