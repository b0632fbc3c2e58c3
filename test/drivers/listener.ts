import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";

/** What stands for the data plane of a host: a port that takes connections, or does not. */
export class Listener {
  readonly port: number;
  #server: Server | undefined;

  private constructor(server: Server) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  static async open(): Promise<Listener> {
    return new Listener(await listenOn(0));
  }

  /** As probes name it. */
  get place(): string {
    return `127.0.0.1:${this.port}`;
  }

  async reopen(): Promise<void> {
    this.#server ??= await listenOn(this.port);
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.close();
    await once(server, "close");
  }
}

async function listenOn(port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy()).listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}
