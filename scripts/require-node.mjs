// Fails loudly when a script runs on a Node that is too old for the toolchain.
const needed = 22;
const found = Number(process.versions.node.split(".")[0]);
if (found < needed) {
  console.error(
    `Countersign's toolchain needs Node ${needed} or newer, and this script runs on ${process.version}.\n` +
      "Start it with pnpm, which brings its own Node: npx -y pnpm@12 test",
  );
  process.exit(1);
}
