/**
 * The parameters of a request by a browser, in its query or a form; `undefined` when one is there twice
 * (RFC 6749 §3.1). Those without a value count as absent.
 */
export async function readParameters(
  request: Request,
): Promise<ReadonlyMap<string, string> | undefined> {
  const text = request.method === "POST" ? await request.text() : new URL(request.url).search;
  const pairs = [...new URLSearchParams(text)];
  const parameters = new Map(pairs);
  if (parameters.size < pairs.length) return undefined;
  for (const [name, value] of parameters) if (value === "") parameters.delete(name);
  return parameters;
}
