import { createHash } from "node:crypto";

/** UDP ports, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Where the clients of a host connect. */
export interface Endpoint {
  /** `host:port` or `[v6]:port`. */
  readonly endpoint: string;
  /** Ports that lead to the host as well as the endpoint's own: a key has one of these instead. */
  readonly endpointPorts?: PortRange | undefined;
}

/**
 * Where this device connects. Of a range of ports it has always the same one, which its public key
 * chooses: what blocks a port cuts off some devices only.
 */
export function endpointFor({ endpoint, endpointPorts }: Endpoint, publicKey: string): string {
  if (endpointPorts === undefined) return endpoint;
  const { first, last } = endpointPorts;
  const drawn = createHash("sha256").update(publicKey).digest().readUInt32BE();
  return endpoint.replace(/\d+$/u, String(first + (drawn % (last - first + 1))));
}
