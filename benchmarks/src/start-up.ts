import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Measurement, median } from "./measurement.ts";
import type { Run } from "./run.ts";
import { audience, createMinter, issuer } from "./tokens.ts";

const run = promisify(execFile);
const cwd = fileURLToPath(new URL("..", import.meta.url));

/** What a fresh process imports, and how it verifies its first token. */
const scripts: Readonly<Record<string, { from: string; verify: string }>> = {
  countersign: {
    from: "@countersign/core",
    verify: `library.createJwtVerifier({ issuer, audience, jwks }).verify(token)`,
  },
  jose: {
    from: "jose",
    verify: `library.jwtVerify(token, library.createLocalJWKSet(jwks), { issuer, audience })`,
  },
  "aws-jwt-verify": {
    from: "aws-jwt-verify",
    verify: `(() => {
      const verifier = library.JwtVerifier.create({ issuer, audience, jwksUri: issuer });
      verifier.cacheJwks(jwks);
      return verifier.verify(token);
    })()`,
  },
};

/** Milliseconds that a fresh process takes to import a library, and until it has verified a token. */
export async function startUp({ isQuick, tell }: Run): Promise<Measurement[]> {
  tell("start-up: fresh processes");
  const minter = createMinter("RS256");
  const world = JSON.stringify({ issuer, audience, jwks: minter.jwks, token: minter.mint() });
  const times = Object.entries(scripts).map(([contestant, script]) => ({
    ...{ contestant, script },
    imported: [] as number[],
    verified: [] as number[],
  }));
  for (let round = 0; round < (isQuick ? 5 : 15); round++) {
    for (const { script, imported, verified } of times) {
      const source = `const { issuer, audience, jwks, token } = ${world};
        const startedAt = performance.now();
        const library = await import(${JSON.stringify(script.from)});
        const importedAt = performance.now();
        await ${script.verify};
        console.log(JSON.stringify([importedAt - startedAt, performance.now() - startedAt]));`;
      const { stdout } = await run(process.execPath, ["--input-type=module", "-e", source], {
        cwd,
      });
      const [toImport = Number.NaN, toVerify = Number.NaN] = JSON.parse(stdout);
      imported.push(toImport);
      verified.push(toVerify);
    }
  }
  const measured = (scene: string, contestant: string, rounds: number[]): Measurement => {
    return { group: "start-up", scene, contestant, unit: "ms", value: median(rounds), rounds };
  };
  return times.flatMap(({ contestant, imported, verified }) => [
    measured("import", contestant, imported),
    measured("first verified token", contestant, verified),
  ]);
}
