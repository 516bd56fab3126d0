import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { createInflate, deflateSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { viewNodeRequest } from "./node-request.ts";

const nothing = {
  name: "none",
  takes: [],
  find: () => undefined,
  challenges: () => [],
  describe: () => [],
};
const { policy } = createGuard({ schemes: [nothing] });
const view = (request: IncomingMessage) => viewNodeRequest(request, policy);

type Handle = (request: IncomingMessage) => unknown;

async function listen(handle: Handle): Promise<number> {
  const server = createServer(async (request, response) => {
    try {
      response.end(JSON.stringify(await handle(request)) ?? "nothing");
    } catch (error) {
      response.end(error instanceof ConfigurationError ? error.message : `unexpected: ${error}`);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Sends these parts, one by one, and gives the body of the answer. */
async function send(handle: Handle, ...parts: string[]): Promise<string> {
  const socket = connect(await listen(handle), "127.0.0.1");
  for (const [at, part] of parts.entries()) {
    if (at > 0) await setTimeout(5);
    socket.write(part);
  }
  return bodyOf(await text(socket));
}

function bodyOf(answer: string): string {
  const [head = "", body = ""] = answer.split(/\r\n\r\n(.*)/s);
  if (!/transfer-encoding: chunked/i.test(head)) return body;
  return body.replace(/[0-9a-f]+\r\n(.*?)\r\n/gs, "$1");
}

const head = (...fields: string[]) =>
  ["POST /orders HTTP/1.1", "Host: a", "Connection: close", ...fields, "", ""].join("\r\n");
const chunked = head("Transfer-Encoding: chunked");
const chunk = (bytes: string) => `${bytes.length.toString(16)}\r\n${bytes}\r\n`;
const sized = (body: string) => head(`Content-Length: ${body.length}`) + body;

const decode = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);
/** Reads as the guard does, and then as these kinds of parsers do. */
const readers: Record<string, (request: IncomingMessage) => Promise<string>> = {
  "data events": async (request) => {
    let seen = "";
    request.on("data", (bytes) => {
      seen += bytes;
    });
    await once(request, "end");
    return seen;
  },
  "data events and resume, as Fastify": async (request) => {
    let seen = "";
    const ended = once(request, "end");
    request.on("data", (bytes) => {
      seen += bytes;
    });
    request.resume();
    await ended;
    return seen;
  },
  "an iterator": (request) => text(request),
  "readable events": async (request) => {
    let seen = "";
    request.on("readable", () => {
      seen += request.read() ?? "";
    });
    await once(request, "end");
    return seen;
  },
  "data events of text": async (request) => {
    request.setEncoding("utf8");
    return readers["data events"]?.(request) as Promise<string>;
  },
};

const bodies: [what: string, parts: string[], body: string][] = [
  ["a sized body", [sized("one two")], "one two"],
  ["a sized body in parts", [`${head("Content-Length: 7")}on`, "e t", "wo"], "one two"],
  ["a sized body that comes after its head", [head("Content-Length: 7"), "one two"], "one two"],
  ["a chunked body", [`${chunked}${chunk("one ")}${chunk("two")}0\r\n\r\n`], "one two"],
  ["a chunked body in parts", [chunked, chunk("one "), chunk("two"), "0\r\n\r\n"], "one two"],
  ["a chunked body with trailers", [chunked, chunk("one"), "0\r\nX-A: b\r\n\r\n"], "one"],
  ["no body", [head()], ""],
  ["an empty sized body", [head("Content-Length: 0")], ""],
  ["an empty chunked body", [`${chunked}0\r\n\r\n`], ""],
  ["an empty chunked body that ends late", [chunked, "0\r\n\r\n"], ""],
  ["a long body", [sized("x".repeat(500_000))], "x".repeat(500_000)],
];

describe.each(Object.entries(readers))("a body that is read by %s after the guard", (_, reader) => {
  test.each(bodies)("%s", async (_what, parts, body) => {
    const handle: Handle = async (request) => {
      const seen = decode(await view(request).body(1_000_000));
      return [seen, await reader(request)];
    };
    expect(JSON.parse(await send(handle, ...parts))).toEqual([body, body]);
  });

  test.each(bodies)(
    "%s, when all of it has come before the guard looks",
    async (_w, parts, body) => {
      const handle: Handle = async (request) => {
        await setTimeout(30);
        const seen = decode(await view(request).body(1_000_000));
        return [seen, await reader(request)];
      };
      expect(JSON.parse(await send(handle, ...parts))).toEqual([body, body]);
    },
  );

  test("one that is too long: the guard does without, and it is whole", async () => {
    const body = "x".repeat(200_000);
    const handle: Handle = async (request) => {
      const seen = await view(request).body(100_000);
      return [seen ?? "too long", await reader(request)];
    };
    expect(JSON.parse(await send(handle, sized(body)))).toEqual(["too long", body]);
    const parts = [chunked, chunk(body.slice(0, 90_000)), chunk(body.slice(90_000)), "0\r\n\r\n"];
    expect(JSON.parse(await send(handle, ...parts))).toEqual(["too long", body]);
  });
});

test("a compressed body is given as it came, and can be piped on", async () => {
  const bytes = deflateSync("one two");
  const handle: Handle = async (request) => {
    const seen = await view(request).body(100);
    return [seen && Buffer.compare(seen, bytes), await text(request.pipe(createInflate()))];
  };
  const port = await listen(handle);
  const response = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: bytes });
  expect(await response.json()).toEqual([0, "one two"]);
});

describe("limits", () => {
  const limits =
    (...asked: number[]): Handle =>
    async (request) => {
      const seen = [];
      for (const limit of asked) seen.push((await view(request).body(limit))?.length ?? null);
      return [...seen, (await text(request)).length];
    };
  test.each([
    [[4], [4, 4]],
    [[3], [null, 4]],
    [[0], [null, 4]],
    [
      [4, 4, 100],
      [4, 4, 4, 4],
    ],
    [
      [100, 3, 4],
      [4, null, 4, 4],
    ],
    [
      [3, 4],
      [null, 4, 4],
    ],
    [
      [1, 2, 3, 4, 3],
      [null, null, null, 4, null, 4],
    ],
  ])("%j", async (asked, answer) => {
    expect(JSON.parse(await send(limits(...asked), sized("four")))).toEqual(answer);
    expect(
      JSON.parse(await send(limits(...asked), chunked, chunk("fo"), chunk("ur"), "0\r\n\r\n")),
    ).toEqual(answer);
  });

  test("a body without end is not read to its end", async () => {
    const handle: Handle = async (request) => (await view(request).body(1000)) ?? "too long";
    const socket = connect(await listen(handle), "127.0.0.1");
    const answer = text(socket);
    socket.on("error", () => {});
    socket.write(chunked);
    for (let sent = 0; sent < 5; sent++) socket.write(chunk("x".repeat(300)));
    expect(bodyOf(await answer)).toBe('"too long"');
  });
});

test("who looks at one request at once, looks at one reading", async () => {
  const handle: Handle = async (request) => {
    const all = [view(request), view(request), view(request)].map((each) => each.body(100));
    const [first, ...others] = await Promise.all(all);
    return [decode(first), others.every((each) => each === first), await text(request)];
  };
  expect(JSON.parse(await send(handle, chunked, chunk("one"), "0\r\n\r\n"))).toEqual([
    "one",
    true,
    "one",
  ]);
});

test("a second look after the application has read the body sees what the first saw", async () => {
  const handle: Handle = async (request) => {
    const earlier = view(request);
    await earlier.body(100);
    const read = await text(request);
    return [read, decode(await view(request).body(50)), decode(await view(request).body(200))];
  };
  expect(JSON.parse(await send(handle, sized("one")))).toEqual(["one", "one", "one"]);
});

test("a body that was too long for the first look, and was read since, still is", async () => {
  const handle: Handle = async (request) => {
    await view(request).body(4);
    return [await text(request), (await view(request).body(3)) ?? null];
  };
  expect(JSON.parse(await send(handle, sized("seven b")))).toEqual(["seven b", null]);
});

describe("a caller who breaks off", () => {
  const seen = async (after: (socket: Socket) => void) => {
    let told: (value: unknown) => void = () => {};
    const outcome = new Promise((resolve) => {
      told = resolve;
    });
    const handle: Handle = async (request) => {
      const reading = view(request).body(100);
      after(socket);
      told(await Promise.resolve(reading).then((bytes) => bytes ?? "nothing"));
    };
    const socket = connect(await listen(handle), "127.0.0.1");
    socket.on("error", () => {});
    socket.write(`${head("Content-Length: 10")}four`);
    return outcome;
  };
  test("has sent no body", async () => {
    expect(await seen((socket) => socket.destroy())).toBe("nothing");
    expect(await seen((socket) => socket.resetAndDestroy())).toBe("nothing");
  });

  test("before the guard looks, too", async () => {
    let told: (value: unknown) => void = () => {};
    const outcome = new Promise((resolve) => {
      told = resolve;
    });
    const handle: Handle = async (request) => {
      await new Promise<void>((resolve) => request.on("close", resolve));
      told((await view(request).body(100)) ?? "nothing");
    };
    const socket = connect(await listen(handle), "127.0.0.1");
    socket.on("error", () => {});
    socket.write(`${head("Content-Length: 10")}four`, () => socket.destroy());
    expect(await outcome).toBe("nothing");
  });
});

describe("a body that has been read before", () => {
  const after =
    (left: object): Handle =>
    async (request) => {
      await text(request);
      return decode(await view(Object.assign(request, left)).body(100)) ?? "too long";
    };
  test.each([
    [{ rawBody: Buffer.from("raw") }, '"raw"'],
    [{ rawBody: Buffer.from("raw"), body: { parsed: true } }, '"raw"'],
    [{ rawBody: "text", body: Buffer.from("bytes") }, '"text"'],
    [{ body: Buffer.from("bytes") }, '"bytes"'],
    [{ body: new Uint8Array([97]) }, '"a"'],
    [{ body: "£" }, '"£"'],
    [{ body: "" }, '""'],
    [{ body: "x".repeat(101) }, '"too long"'],
  ])("%j is checked", async (left, answer) => {
    expect(await send(after(left), sized("one two"))).toBe(answer);
  });

  test.each([[{}], [{ body: { item: "parsed" } }], [{ body: null }], [{ rawBody: {} }]])(
    "%j cannot be, and the message says what to do",
    async (left) => {
      expect(await send(after(left), sized("one two"))).toContain(
        "Put protect(guard) before the body parser",
      );
    },
  );

  test("nor one that is being read, or is read as text", async () => {
    const flowing: Handle = (request) => view(request.resume()).body(100);
    expect(await send(flowing, sized("one"))).toContain("before the body parser");
    const asText: Handle = (request) => view(request.setEncoding("utf8")).body(100);
    expect(await send(asText, sized("one"))).toContain("before the body parser");
  });
});

test("HTTP/2, where nothing but the stream tells the end", async () => {
  const server = createHttp2Server(async (request, response) => {
    const handled = view(request as never);
    const seen = decode(await handled.body(1000));
    response.end(JSON.stringify([seen, await text(request), handled.header("x-a")]));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.close();
    server.close();
  });
  for (const parts of [["one ", "two"], ["one"], []]) {
    const stream = client.request({ ":method": "POST", "x-a": "b" }, { endStream: false });
    for (const part of parts) {
      stream.write(part);
      await setTimeout(5);
    }
    stream.end();
    const body = parts.join("");
    expect(JSON.parse(await text(stream))).toEqual([body, body, "b"]);
  }
});
