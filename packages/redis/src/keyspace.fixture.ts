import { createClient } from "redis";

/** A look into a server from outside, as an operator has it. */
export async function openKeyspace(url: string) {
  const client = createClient({ url });
  client.on("error", () => {});
  await client.connect();

  async function keys(): Promise<string[]> {
    const all: string[] = [];
    for await (const some of client.scanIterator()) all.push(...some);
    return all;
  }

  async function entry(key: string): Promise<unknown> {
    const type = await client.type(key);
    if (type === "string") return [key, await client.get(key)];
    if (type === "hash") return [key, await client.hGetAll(key)];
    if (type === "zset") return [key, await client.zRangeWithScores(key, 0, -1)];
    throw new Error(`${key} is of the type ${type}, which is not looked into.`);
  }

  return {
    client,
    keys,
    /** The names of the keys that have no end. */
    async endless(): Promise<string[]> {
      const all = await keys();
      const ends = await Promise.all(all.map((key) => client.pTTL(key)));
      return all.filter((_, at) => ends[at] === -1);
    },
    /** Every name and value. */
    async everything(): Promise<string> {
      return JSON.stringify(await Promise.all((await keys()).map(entry)));
    },
    close: () => client.destroy(),
  };
}
