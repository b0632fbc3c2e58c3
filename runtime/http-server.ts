import { createServer, type RequestListener, type Server } from "node:http";

/** Where a server listens. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** The variable to change when the port is taken. */
  readonly portVariable: string;
}

/**
 * The limits of one server. A client that sends slowly is cut off after seconds, so that
 * connections which are held open on purpose cost little.
 */
const limits = {
  connections: 1_000,
  headersMs: 5_000,
  requestMs: 10_000,
  checkEveryMs: 1_000,
  bufferBytes: 16_384,
} as const;

/**
 * Serves what anybody may reach: with limits on connections, on headers and on the time in which a
 * whole request must arrive. Answers may take longer.
 * @throws Error that names the variable when the port is taken.
 */
export function listenPublicly(
  handle: RequestListener,
  { host, port, portVariable }: ListenOptions,
): Promise<Server> {
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      highWaterMark: limits.bufferBytes,
    },
    handle,
  );
  server.maxConnections = limits.connections;
  return new Promise((listening, failed) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      failed(taken ? new Error(`${portVariable}: port ${port} is taken: choose another`) : error);
    });
    server.listen(port, host, () => listening(server));
  });
}
