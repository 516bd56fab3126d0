/** What a runtime knows of the connection that brought a request; what it does not know is left out. */
export interface Connection {
  /** The IP address at its other end: the caller's, or a proxy's. */
  readonly address?: string | undefined;
  /** Whether it is a TLS connection. */
  readonly secure?: boolean | undefined;
  /** The certificate that its other end presented, in PEM. */
  readonly certificate?: string | undefined;
}

/** What is read of a Node socket; those of TLS have more. */
export interface NodeSocket {
  readonly remoteAddress?: string | undefined;
  readonly encrypted?: boolean | undefined;
  getPeerX509Certificate?(): { toString(): string } | undefined;
  getPeerCertificate?(detailed: boolean): { readonly raw?: Uint8Array } | null | undefined;
}

/** What a Node socket tells of its connection. */
export function readSocket(socket: NodeSocket | undefined): Connection {
  return new SocketConnection(socket);
}

class SocketConnection implements Connection {
  readonly #socket: NodeSocket | undefined;

  constructor(socket: NodeSocket | undefined) {
    this.#socket = socket;
  }

  get address(): string | undefined {
    return this.#socket?.remoteAddress;
  }

  get secure(): boolean {
    return this.#socket?.encrypted === true;
  }

  get certificate(): string | undefined {
    return this.#socket?.encrypted === true ? readCertificate(this.#socket) : undefined;
  }
}

function readCertificate(socket: NodeSocket): string | undefined {
  if (socket.getPeerX509Certificate) return socket.getPeerX509Certificate()?.toString();
  // Bun has only the older form, an empty object for no certificate.
  const der = socket.getPeerCertificate?.(true)?.raw;
  if (der === undefined) return undefined;
  const lines = btoa(String.fromCharCode(...der)).replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
