import { getPrincipal, protect } from "@countersign/express";
import express, { type Request, type RequestHandler } from "express";
import { expressjwt } from "express-jwt";
import { auth } from "express-oauth2-jwt-bearer";
import { expressJwtSecret, type GetVerificationKey, passportJwtSecret } from "jwks-rsa";
import passport from "passport";
import { ExtractJwt, Strategy } from "passport-jwt";
import { guards, type MakeGuard } from "./guards.ts";
import type { App, Settings } from "./settings.ts";

/** Express, bare, with ours, and with its other middlewares as their own READMEs set them up. */
export const expressApps: Readonly<Record<string, App>> = {
  "express: bare": () => serving(undefined, () => "ada"),
  "express: a middleware": () =>
    serving(
      (_request, _response, next) => next(),
      () => "ada",
    ),
  ...Object.fromEntries(
    Object.entries<MakeGuard>(guards).map(([kind, toGuard]): [string, App] => [
      `express: countersign, ${kind}`,
      (settings) => {
        const guard = toGuard(settings);
        return serving(protect(guard), (request) => getPrincipal(guard, request).subject);
      },
    ]),
  ),
  "express: express-oauth2-jwt-bearer": ({ issuer, audience, jwksUri }) => {
    const check = auth({ issuer, audience, jwksUri, tokenSigningAlg: "RS256" });
    return serving(check, (request) => request.auth?.payload.sub);
  },
  "express: express-jwt + jwks-rsa": (settings) => {
    const { issuer, audience } = settings;
    const secret = expressJwtSecret(cached(settings)) as GetVerificationKey;
    const check = expressjwt({ secret, issuer, audience, algorithms: ["RS256"] });
    return serving(check, (request) => (request as { auth?: { sub?: string } }).auth?.sub);
  },
  "express: passport-jwt": (settings) => {
    const { issuer, audience } = settings;
    const strategy = new Strategy(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKeyProvider: passportJwtSecret(cached(settings)),
        ...{ issuer, audience, algorithms: ["RS256"] },
      },
      (claims, done) => done(null, claims),
    );
    passport.use(strategy);
    const check = passport.authenticate("jwt", { session: false });
    return serving(check, (request) => (request.user as { sub?: string } | undefined)?.sub);
  },
};

function cached({ jwksUri }: Settings) {
  return { jwksUri, cache: true, rateLimit: true, jwksRequestsPerMinute: 5 };
}

function serving(
  check: RequestHandler | undefined,
  whoIs: (request: Request) => string | undefined,
) {
  const app = express();
  if (check) app.use(check);
  return app.get("/orders", (request, response) => {
    response.json({ subject: whoIs(request) });
  });
}
