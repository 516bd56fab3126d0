import { createServer, type RequestListener } from "node:http";
import fastifyJwt from "@fastify/jwt";
import { getRequestListener } from "@hono/node-server";
import express, { type ErrorRequestHandler } from "express";
import { expressjwt, type GetVerificationKey } from "express-jwt";
import { auth } from "express-oauth2-jwt-bearer";
import fastify from "fastify";
import { Hono } from "hono";
import { jwk } from "hono/jwk";
import { jwt } from "hono/jwt";
import { expressJwtSecret, JwksClient, passportJwtSecret } from "jwks-rsa";
import passport from "passport";
import { ExtractJwt, Strategy } from "passport-jwt";
import type { AttackIssuer } from "../src/attack.ts";

/** The secret of those that know no key sets. */
export const secret = "a-secret-of-peers-of-more-than-32-bytes";

/** A server of another library's making, as its README sets it up. */
export interface Peer {
  readonly packages: readonly string[];
  /** Whether tokens are signed with {@link secret}, and not by the attack issuer. */
  readonly shared?: boolean;
  /** What is set, in a few words. */
  readonly setting: string;
  start(issuer: Pick<AttackIssuer, "url" | "audience" | "jwksUrl">): Promise<RequestListener>;
}

/** As Express itself answers errors, less what it prints. */
const answerStatus: ErrorRequestHandler = (error, _request, response, _next) => {
  response
    .status(error.status ?? 500)
    .set(error.headers ?? {})
    .end();
};

type Payload = { readonly sub?: string };

/** Answers with whom it was called by, since a good answer says so. */
export const peers: Readonly<Record<string, Peer>> = {
  "express-oauth2-jwt-bearer": {
    packages: ["express-oauth2-jwt-bearer", "express"],
    setting: "auth({ issuerBaseURL, audience })",
    async start({ url, audience }) {
      const app = express().use(auth({ issuerBaseURL: url, audience }));
      app.get("/", (request, response) => {
        response.json({ sub: request.auth?.payload.sub });
      });
      return app.use(answerStatus);
    },
  },
  "express-jwt + jwks-rsa": {
    packages: ["express-jwt", "jwks-rsa", "express"],
    setting: "cache, rateLimit, jwksRequestsPerMinute: 5, audience, issuer, RS256",
    async start({ url, audience, jwksUrl }) {
      const settings = { cache: true, rateLimit: true, jwksRequestsPerMinute: 5 };
      const key = expressJwtSecret({ ...settings, jwksUri: jwksUrl }) as GetVerificationKey;
      const checks = { audience, issuer: url, algorithms: ["RS256" as const] };
      const app = express().use(expressjwt({ secret: key, ...checks }));
      app.get("/", (request, response) => {
        response.json({ sub: (request as { auth?: Payload }).auth?.sub });
      });
      return app.use(answerStatus);
    },
  },
  "hono/jwk": {
    packages: ["hono"],
    setting: "jwks_uri, alg: [RS256], verification: { iss, aud }",
    async start({ url, audience, jwksUrl }) {
      const app = new Hono<{ Variables: { jwtPayload: Payload } }>();
      const verification = { iss: url, aud: audience };
      app.use(jwk({ jwks_uri: jwksUrl, alg: ["RS256"], verification }));
      app.get("/", (context) => context.json({ sub: context.get("jwtPayload").sub }));
      return getRequestListener(app.fetch);
    },
  },
  "hono/jwt": {
    packages: ["hono"],
    shared: true,
    setting: "secret, alg: HS256, verification: { iss, aud }",
    async start({ url, audience }) {
      const app = new Hono<{ Variables: { jwtPayload: Payload } }>();
      app.use(jwt({ secret, alg: "HS256", verification: { iss: url, aud: audience } }));
      app.get("/", (context) => context.json({ sub: context.get("jwtPayload").sub }));
      return getRequestListener(app.fetch);
    },
  },
  "@fastify/jwt + jwks-rsa": {
    packages: ["@fastify/jwt", "jwks-rsa", "fastify"],
    setting: "secret: by kid from jwks-rsa, verify: { allowedIss, allowedAud, RS256 }",
    async start({ url, audience, jwksUrl }) {
      const keys = new JwksClient({ jwksUri: jwksUrl });
      const app = fastify();
      const find = async (_request: unknown, { header }: { header: { kid?: string } }) =>
        (await keys.getSigningKey(header.kid)).getPublicKey();
      await app.register(fastifyJwt, {
        decode: { complete: true },
        // Its types leave the request out.
        secret: find as never,
        verify: { allowedIss: url, allowedAud: audience, algorithms: ["RS256"] },
      });
      app.get("/", async (request) => ({ sub: (await request.jwtVerify<Payload>()).sub }));
      await app.ready();
      return (request, response) => app.routing(request, response);
    },
  },
  "passport-jwt + jwks-rsa": {
    packages: ["passport-jwt", "jwks-rsa", "passport", "express"],
    setting: "cache, rateLimit, jwksRequestsPerMinute: 5, issuer, audience, RS256",
    async start({ url, audience, jwksUrl }) {
      const settings = { cache: true, rateLimit: true, jwksRequestsPerMinute: 5 };
      const strategy = new Strategy(
        {
          jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
          secretOrKeyProvider: passportJwtSecret({ ...settings, jwksUri: jwksUrl }),
          ...{ issuer: url, audience, algorithms: ["RS256"] },
        },
        (claims: Express.User, done) => done(null, claims),
      );
      const authenticator = new passport.Passport().use(strategy);
      const app = express().use(authenticator.authenticate("jwt", { session: false }));
      app.get("/", (request, response) => {
        response.json({ sub: (request.user as Payload).sub });
      });
      return app.use(answerStatus);
    },
  },
};

export const toServer = (listener: RequestListener) => createServer(listener);
