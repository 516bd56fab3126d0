import type { Server } from "node:http";
import type { Settings } from "./settings.ts";

/**
 * Serves on 127.0.0.1, says so, tells what was made up, and stops cleanly on SIGTERM and SIGINT.
 *
 * @param close ends what keeps the process alive beside the server
 */
export function serve(
  name: string,
  server: Server,
  settings: Settings,
  close: () => Promise<void>,
): void {
  const { port, publicUrl, username, client, made } = settings;
  server.once("error", (error: NodeJS.ErrnoException) => {
    console.error(
      error.code === "EADDRINUSE"
        ? `${name}: port ${port} is taken. Set PORT to a free one.`
        : `${name}: ${error.message}`,
    );
    process.exitCode = 1;
    void close();
  });
  server.listen(port, "127.0.0.1", () => {
    for (const [variable, value] of Object.entries(made)) console.log(`  ${variable}=${value}`);
    if ("DEMO_PASSWORD" in made) console.log(`  DEMO_USERNAME=${username}`);
    if ("DEMO_CLIENT_SECRET" in made) console.log(`  DEMO_CLIENT_ID=${client.id}`);
    console.log(`${name} is ready at ${publicUrl}`);
  });
  const stop = () => {
    server.close(() => void close());
    server.closeIdleConnections();
  };
  process.once("SIGTERM", stop).once("SIGINT", stop);
}

/** Runs an app's main function; what is wrong with its configuration is said in one line. */
export async function run(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const isConfiguration = error instanceof Error && error.name === "ConfigurationError";
    console.error(isConfiguration ? error.message : error);
    // What was opened before would keep it alive.
    process.exit(1);
  }
}
