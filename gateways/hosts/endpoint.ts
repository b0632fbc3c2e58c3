/** The parts of `host:port` or `[v6]:port`. */
export function splitEndpoint(endpoint: string): { hostName: string; port: number } {
  const colon = endpoint.lastIndexOf(":");
  const hostName = endpoint.slice(0, colon).replace(/^\[|\]$/gu, "");
  return { hostName, port: Number(endpoint.slice(colon + 1)) };
}
