/** What other libraries' middlewares make of a minted token: they take a good one and refuse the rest. */
import { createServer, type RequestListener } from "node:http";
import fastifyJwt from "@fastify/jwt";
import { getRequestListener } from "@hono/node-server";
import express, { type ErrorRequestHandler } from "express";
import { expressjwt, type GetVerificationKey } from "express-jwt";
import { auth } from "express-oauth2-jwt-bearer";
import fastify from "fastify";
import { Hono } from "hono";
import { jwk } from "hono/jwk";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { expressJwtSecret, JwksClient, passportJwtSecret } from "jwks-rsa";
import passport from "passport";
import { ExtractJwt, Strategy } from "passport-jwt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRunningClock } from "../issuer/clock.ts";
import { createTestIssuer, type TestIssuer } from "../issuer/create-test-issuer.ts";
import { type Listening, serve } from "../issuer/listen.ts";

/** An API that answers with the subject of its caller's token, as each README has it. */
const apis: Readonly<Record<string, (issuer: TestIssuer) => Promise<RequestListener>>> = {
  async "jose, createRemoteJWKSet"({ url, audience }) {
    const keys = createRemoteJWKSet(new URL(`${url}/jwks`));
    return async ({ headers }, response) => {
      const token = headers.authorization?.replace("Bearer ", "") ?? "";
      const verified = jwtVerify(token, keys, { issuer: url, audience });
      const answer = await verified.catch(() => undefined);
      response.writeHead(answer ? 200 : 401).end(answer?.payload.sub);
    };
  },
  async "express-oauth2-jwt-bearer"({ url, audience }) {
    const app = express().use(auth({ issuerBaseURL: url, audience, tokenSigningAlg: "RS256" }));
    app.get("/", (request, response) => void response.send(request.auth?.payload.sub));
    return app.use(answerStatus);
  },
  async "express-jwt with jwks-rsa"({ url, audience }) {
    const secret = expressJwtSecret({ jwksUri: `${url}/jwks` }) as GetVerificationKey;
    const app = express().use(expressjwt({ secret, issuer: url, audience, algorithms: ["RS256"] }));
    app.get("/", (request, response) => {
      response.send((request as { auth?: { sub?: string } }).auth?.sub);
    });
    return app.use(answerStatus);
  },
  async "passport-jwt with jwks-rsa"({ url, audience }) {
    const strategy = new Strategy(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKeyProvider: passportJwtSecret({ jwksUri: `${url}/jwks` }),
        issuer: url,
        audience,
        algorithms: ["RS256"],
      },
      (claims: Express.User, done) => done(null, claims),
    );
    const authenticator = new passport.Passport().use(strategy);
    const app = express().use(authenticator.authenticate("jwt", { session: false }));
    app.get("/", (request, response) => {
      response.send((request.user as { sub?: string }).sub);
    });
    return app;
  },
  async "hono/jwk"({ url, audience }) {
    const verification = { iss: url, aud: audience };
    const app = new Hono<{ Variables: { jwtPayload: { sub: string } } }>();
    app.use(jwk({ jwks_uri: `${url}/jwks`, alg: ["RS256"], verification }));
    app.get("/", (context) => context.text(context.get("jwtPayload").sub));
    return getRequestListener(app.fetch);
  },
  async "@fastify/jwt with jwks-rsa"({ url, audience }) {
    const keys = new JwksClient({ jwksUri: `${url}/jwks` });
    const app = fastify();
    const secret = async (_request: unknown, { header }: { header: { kid?: string } }) =>
      (await keys.getSigningKey(header.kid)).getPublicKey();
    await app.register(fastifyJwt, {
      decode: { complete: true },
      // Its types leave the request out.
      secret: secret as never,
      verify: { allowedIss: url, allowedAud: audience, algorithms: ["RS256"] },
    });
    app.get("/", async (request) => (await request.jwtVerify<{ sub: string }>()).sub);
    await app.ready();
    return (request, response) => app.routing(request, response);
  },
};

const answerStatus: ErrorRequestHandler = (error, _request, response, _next) => {
  response.sendStatus(error.status ?? 500);
};

describe.each(Object.entries(apis))("%s", (_name, toApi) => {
  let issuer: TestIssuer;
  let api: Listening;
  beforeEach(async () => {
    // RS256, since that is what all of them know.
    issuer = createTestIssuer({ algorithm: "RS256", clock: createRunningClock() });
    await issuer.listen();
    api = await serve(createServer(await toApi(issuer)));
  });
  afterEach(async () => {
    await api.close();
    await issuer.close();
  });

  // Hono's takes no other type of token than "JWT".
  const header = { typ: "JWT" };
  const call = async (options: Parameters<TestIssuer["mint"]>[0]) => {
    const headers = await issuer.authorize({ header, ...options });
    const answer = await fetch(api.url, { headers });
    return { status: answer.status, body: await answer.text() };
  };

  it("takes a minted token", async () => {
    expect(await call({ subject: "ada" })).toEqual({ status: 200, body: "ada" });
  });

  it.each([
    ["expired", { expiresIn: -600 }],
    ["for another audience", { audience: "https://other.test" }],
    ["by another issuer", { issuer: "https://other.test" }],
  ])("refuses one that is %s", async (_what, options) => {
    expect(await call(options)).toMatchObject({ status: 401 });
  });

  it("takes what old and new keys signed, after a rotation", async () => {
    const old = await issuer.mint({ header });
    await issuer.rotateKeys();
    expect(await call({})).toMatchObject({ status: 200 });
    const headers = { authorization: `Bearer ${old}` };
    expect((await fetch(api.url, { headers })).status).toBe(200);
  });
});
