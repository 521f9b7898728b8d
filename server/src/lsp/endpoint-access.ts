import type { Destination, EndpointAccess } from '../inference/index.ts';
import { environmentAccess, isLoopback } from '../inference/index.ts';
import type { EndpointAccessParams, EndpointAccessResult } from '../protocol/messages.ts';

/**
 * Access by asking the editor, which asks the user once for each place that records leave the machine for, and keeps
 * keys in its secret storage. What it grants is remembered as long as the server lives, and stands nowhere else.
 */
export class EditorAccess implements EndpointAccess {
  readonly canAsk = true;
  private readonly ask: (params: EndpointAccessParams) => Promise<EndpointAccessResult>;
  private readonly environment: NodeJS.ProcessEnv;
  private readonly granted = new Map<string, string | null>();
  private readonly refusals = new Set<string>();

  /** @param ask asks the editor */
  constructor(
    ask: (params: EndpointAccessParams) => Promise<EndpointAccessResult>,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    this.ask = ask;
    this.environment = environment;
  }

  async enter(destination: Destination): Promise<string | null> {
    const { endpoint, host, key } = destination;
    const place = `${host} ${key}`;
    const known = this.granted.get(place);
    if (known !== undefined) return known;
    const own = key !== null && Boolean(this.environment[key]);
    if (isLoopback(host) && (key === null || own))
      return environmentAccess(this.environment).enter(destination);
    const refused = this.refusals.has(place);
    const answer = await this.ask({ endpoint, host, key: own ? null : key, refused });
    if (!answer.allowed) throw new Error(`Nothing was sent to ${host}: it is not allowed.`);
    if (key !== null && !own && !answer.key) throw new Error(`${endpoint} needs a key for ${host}.`);
    const value = own ? await environmentAccess(this.environment).enter(destination) : answer.key;
    this.granted.set(place, value);
    return value;
  }

  refused({ host, key }: Destination): void {
    const place = `${host} ${key}`;
    this.granted.delete(place);
    this.refusals.add(place);
  }
}
