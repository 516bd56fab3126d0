import type { Measurement } from "../measurement.ts";
import { race } from "../race.ts";
import type { Run } from "../run.ts";
import { algorithms, createMinter, mintMany } from "../tokens.ts";
import { bundleForTheWeb } from "./bundle-for-the-web.ts";
import { countersign, fastJwt, peers, raw, toContestants, type Verify } from "./libraries.ts";

const ours = "countersign";

/** Verification of one token after the other, without HTTP. */
export async function verification({ isQuick, tell }: Run): Promise<Measurement[]> {
  const onTheWeb = await bundleForTheWeb();
  const measured: Measurement[] = [];
  for (const algorithm of algorithms) {
    const minter = createMinter(algorithm);
    const pieces = isQuick ? 300 : 1000;
    const rounds = isQuick ? 7 : 15;

    tell(`verification: ${algorithm}, unique tokens`);
    const unique = await toContestants(
      [raw, countersign(ours), countersign(`${ours}, web condition`, onTheWeb), ...peers],
      minter,
      mintMany(minter, pieces),
    );
    measured.push(
      ...(await race("verification", `${algorithm}, unique`, unique, { rounds, pieces })),
    );

    tell(`verification: ${algorithm}, repeated tokens`);
    const few = mintMany(minter, 100);
    const fill = async (verify: Verify) => {
      for (const token of few) await verify(token);
    };
    const repeated = await toContestants(
      [countersign(ours), fastJwt("fast-jwt, cache", 1000)],
      minter,
      few,
      fill,
    );
    const often = { rounds, pieces: isQuick ? 3000 : 20_000 };
    measured.push(...(await race("verification", `${algorithm}, repeated`, repeated, often)));
  }
  return measured;
}
