import { createServer, type RequestListener, type Server } from "node:http";

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** The variable that an operator changes when the port is taken. */
  readonly portVariable: string;
}

/**
 * What one server holds at most. Who sends slowly is cut off after seconds, so that connections which are held
 * open on purpose cost little and make room again.
 */
const limits = {
  connections: 1_000,
  headersMs: 5_000,
  requestMs: 10_000,
  checkEveryMs: 1_000,
  bufferBytes: 16_384,
} as const;

/**
 * Serves what may be reached by strangers: with limits to connections, headers and the time in which a request
 * has to be there, whole. Answers may take longer.
 * @throws Error that names the variable when the port is taken.
 */
export function listenToStrangers(
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
