import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, test } from "vitest";
import { authority } from "../../fixtures/certificate.ts";
import { type HostileServer, serveHostile } from "../../fixtures/hostile-server.ts";
import { transportContract } from "./contract.ts";
import { transports } from "./transports.fixture.ts";

let server: HostileServer;

beforeAll(async () => {
  setDefaultCACertificates([...getCACertificates(), authority]);
  server = await serveHostile();
});
afterAll(() => server.close());

describe.each(transports)("$name", ({ abilities, connect }) => {
  for (const { name, run } of transportContract(...abilities)) {
    test(name, () => run({ server: server.origins, connect }));
  }
});
