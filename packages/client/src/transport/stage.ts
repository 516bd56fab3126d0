/** Where the hostile server listens. All of it is this machine, and each is another origin. */
export interface HostileOrigins {
  readonly home: string;
  readonly otherPort: string;
  readonly otherHost: string;
  readonly secure: string;
}

/** One answer. */
export interface Step {
  /** Only for requests with this header; the name in lower case. */
  readonly when?: readonly [name: string, value: string];
  readonly status?: number;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** The body where it is no text. */
  readonly base64?: string;
  /** `…-midway`: after half of the body. `trickle`: byte by byte. */
  readonly fault?: "hang" | "hang-midway" | "reset" | "reset-midway" | "trickle";
}

/** Answers by path, each taken in turn, the last one for ever. */
export type Script = Readonly<Record<string, readonly Step[]>>;

/** A request as it came over the wire. */
export interface Received {
  readonly origin: string;
  readonly method: string;
  /** With the query, byte for byte. */
  readonly path: string;
  /** Names in lower case, one entry a field line. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** In base64. */
  readonly body: string;
}

/** A script that is being played, for one case alone. */
export interface Stage {
  /** A URL of the script, at the home origin unless told otherwise. */
  url(path: string, origin?: string): string;
  /** What came so far, in order. */
  received(): Promise<readonly Received[]>;
}

/** Has the server play a script, which may name the addresses it is played at. */
export async function setStage(
  { home }: HostileOrigins,
  write: Script | ((url: Stage["url"]) => Script),
): Promise<Stage> {
  const room = crypto.randomUUID();
  const control = `${home}/-/${room}`;
  const url: Stage["url"] = (path, origin = home) => `${origin}/${room}${path}`;
  const script = typeof write === "function" ? write(url) : write;
  await fetch(control, { method: "PUT", body: JSON.stringify(script) });
  return {
    url,
    async received() {
      return (await (await fetch(control)).json()) as Received[];
    },
  };
}

/** The values of a header of a request, one for each line. */
export function headerOf({ headers }: Received, name: string): readonly string[] {
  return headers.filter(([each]) => each === name).map(([, value]) => value);
}
