import { type DpopKeyPair, requireThat, type Secret, toSecret } from "@countersign/core/wire";
import { ClientSecretBasic, ClientSecretPost, None, PrivateKeyJwt } from "oauth4webapi";

/**
 * How a client proves itself at the authorization server. `clientSecretBasic`, `clientSecretPost`,
 * `privateKeyJwt` and `tlsClientAuth` make the usual ones.
 *
 * @example
 * const clientAuthentication: ClientAuthentication = privateKeyJwt({ key });
 */
export interface ClientAuthentication {
  /** Writes what proves it into a form, or into the headers of the request that carries it. */
  authenticate(
    server: {
      readonly issuer: string;
      readonly token_endpoint_auth_methods_supported?: string[];
    },
    client: { readonly client_id: string },
    form: URLSearchParams,
    headers: Headers,
  ): void | Promise<void>;
  /** The connection itself proves it: endpoints for mutual TLS are used (RFC 8705 §5). */
  readonly mutualTls?: boolean;
}

/** A client's private key, as CryptoKey; the algorithm is the key's. */
export interface PrivateKeyJwtOptions {
  readonly key: DpopKeyPair["privateKey"];
  /** `kid`, where the server has several keys of this client. */
  readonly keyId?: string;
}

/**
 * A secret in an Authorization header (RFC 6749 §2.3.1).
 *
 * @throws ConfigurationError when the secret is empty
 * @example
 * refreshToken({ issuer, clientId, refreshToken: token, clientAuthentication: clientSecretBasic(secret) });
 */
export function clientSecretBasic(secret: string | Secret): ClientAuthentication {
  return { authenticate: ClientSecretBasic(requireSecret(secret)) };
}

/**
 * A secret in the form (RFC 6749 §2.3.1), for servers that take it nowhere else.
 *
 * @throws ConfigurationError when the secret is empty
 * @example
 * clientCredentials({ issuer, clientId, clientAuthentication: clientSecretPost(secret) });
 */
export function clientSecretPost(secret: string | Secret): ClientAuthentication {
  return { authenticate: ClientSecretPost(requireSecret(secret)) };
}

/**
 * An assertion signed with a key whose public half the server knows (`private_key_jwt`: OpenID Connect
 * Core §9, RFC 7523 §2.2). No secret ever leaves this machine.
 *
 * @throws ConfigurationError when the key is no private key for signing
 * @example
 * const key = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
 * clientCredentials({ issuer, clientId, clientAuthentication: privateKeyJwt({ key, keyId: "2026" }) });
 */
export function privateKeyJwt({ key, keyId }: PrivateKeyJwtOptions): ClientAuthentication {
  requireThat(
    key.type === "private" && key.usages.includes("sign"),
    'privateKeyJwt: give a private CryptoKey with the usage "sign".',
  );
  return { authenticate: PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId }) };
}

/**
 * The client's certificate (RFC 8705 §2), which the `fetch` that is passed along presents; the
 * server's endpoints for mutual TLS are used, if it has such.
 *
 * @example
 * const dispatcher = new Agent({ connect: { cert, key } }); // of undici
 * clientCredentials({
 *   issuer,
 *   clientId,
 *   clientAuthentication: tlsClientAuth(),
 *   fetch: (input, init) => fetch(input, { ...init, dispatcher }),
 * });
 */
export function tlsClientAuth(): ClientAuthentication {
  return { authenticate: None(), mutualTls: true };
}

/** A secret, sent as the server's metadata offers, by default in the header (RFC 8414 §2). */
export function clientSecret(secret: string | Secret): ClientAuthentication {
  const text = requireSecret(secret);
  return {
    authenticate(server, ...request) {
      const { token_endpoint_auth_methods_supported: offered = ["client_secret_basic"] } = server;
      const write = offered.includes("client_secret_basic") ? ClientSecretBasic : ClientSecretPost;
      return write(text)(server, ...request);
    },
  };
}

function requireSecret(secret: string | Secret): string {
  const text = toSecret(secret).reveal();
  requireThat(text !== "", "The client's secret must not be empty.");
  return text;
}
