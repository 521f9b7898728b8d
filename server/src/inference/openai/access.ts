/** Who may be sent what: before anything leaves for an endpoint, its access is asked for. */

/** An endpoint that something is to be sent to. */
export interface Destination {
  /** What the user calls the endpoint. */
  readonly endpoint: string;
  /** Host and port. */
  readonly host: string;
  /** Name of the environment variable of its key; null when it takes none. */
  readonly key: string | null;
}

export interface EndpointAccess {
  /** Whether a key can be had that is not in the environment: there is somebody to ask. */
  readonly canAsk: boolean;
  /**
   * Lets requests go there.
   * @returns the key, to be passed on to nobody but the destination; null when it takes none
   * @throws Error whose message is one sentence, when they may not go, or the key is not to be had
   */
  enter(destination: Destination): Promise<string | null>;
  /** The destination did not take the key: not to be offered again. */
  refused(destination: Destination): void;
}

/** Everything that is configured may be sent, with keys from the environment: the command line. */
export function environmentAccess(environment: NodeJS.ProcessEnv = process.env): EndpointAccess {
  return {
    canAsk: false,
    enter: async (destination) => keyOf(destination, environment),
    refused: () => {},
  };
}

function keyOf({ endpoint, host, key }: Destination, environment: NodeJS.ProcessEnv): string | null {
  if (key === null) return null;
  const value = environment[key];
  if (value) return value;
  throw new Error(`${endpoint} needs a key for ${host}: set the environment variable ${key}.`);
}

/** Hosts that are this machine: what is sent there does not leave it. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127(\.\d+){3}$/.test(name);
}
