import { isBuiltin } from "node:module";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import { buildSource, type Target } from "./bundle.ts";

const packages = new URL("../../packages/", import.meta.url);

/**
 * Test files as one ES module, with vitest's own runner. Its `run(selection)` gives every file modules of
 * its own, as vitest does: the whole of the bundle is a function, called once for each.
 *
 * @param paths below `packages`
 */
export async function bundleTests(paths: readonly string[], target: Target): Promise<string> {
  const builtIn = new Set<string>();
  const files = paths.map((path) => {
    const url = JSON.stringify(fileURLToPath(new URL(path, packages)));
    return `${JSON.stringify(path)}: () => import(${url}),`;
  });
  const source = `
    const files = { ${files.join("\n")} };
    runFile = async (path, leftOut) => {
      const { runTests } = await import("./run-tests.ts");
      return runTests(path, files[path], leftOut);
    };`;
  const inPage = target === "browser";
  const plugins = [...(inPage ? [emptyBuiltIns()] : []), collectBuiltIns(builtIn)];
  const code = await buildSource(source, target, plugins);
  // A page has none: what we ship and needs one cannot be loaded there.
  const modules = inPage ? [] : [...builtIn];
  return `
    ${modules.map((name, index) => `import * as node${index} from ${JSON.stringify(name)};`).join("\n")}
    const builtIns = {
      ${modules.map((name, index) => `${JSON.stringify(name)}: node${index}`).join(",\n")}
    };
    async function instantiate() {
      let runFile;
      ${code}
      return runFile;
    }
    export async function run(selection) {
      const reports = {};
      for (const [path, leftOut] of selection) {
        const runFile = await instantiate();
        reports[path] = await runFile(path, leftOut);
      }
      return reports;
    }`;
}

/** Lets test files that serve over a socket be loaded on a page: there, it is the single test that fails. */
function emptyBuiltIns(): Plugin {
  return {
    name: "empty-built-ins",
    setup(build) {
      build.onResolve({ filter: /^[a-z]/ }, ({ path, importer }) => {
        const isForTests = /\.test\.ts$|\/fixtures\//.test(importer);
        return isForTests && isBuiltin(path) ? { path, namespace: "empty" } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: "empty" }, () => ({
        contents: "module.exports = {};",
      }));
    },
  };
}

/** Takes Node's modules from outside the function that the bundle is: only a module imports. */
function collectBuiltIns(found: Set<string>): Plugin {
  return {
    name: "built-ins",
    setup(build) {
      build.onResolve({ filter: /^[a-z]/ }, ({ path }) => {
        if (!isBuiltin(path)) return undefined;
        const name = path.startsWith("node:") ? path : `node:${path}`;
        found.add(name);
        return { path: name, namespace: "built-in" };
      });
      build.onLoad({ filter: /.*/, namespace: "built-in" }, ({ path }) => ({
        contents: `module.exports = builtIns[${JSON.stringify(path)}].default;`,
      }));
    },
  };
}
