import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { nowMs } from "./told.ts";

/** Stands between the gateway and the api, and notes when the gateway calls about which payment. */
export interface Relay {
  readonly url: string;
  /** When the gateway first called about this payment; undefined before. */
  calledMs(paymentId: string): number | undefined;
  stop(): Promise<void>;
}

interface RelayedWebhook {
  readonly payload?: { readonly payload?: string };
}

/** Passes each message on to `doorUrl` as it came, and the answer back. */
export async function startRelay(doorUrl: string): Promise<Relay> {
  const called = new Map<string, number>();
  const passOn = async (request: IncomingMessage): Promise<number> => {
    const body = await buffer(request);
    const about = (JSON.parse(body.toString()) as RelayedWebhook).payload?.payload ?? "";
    if (!called.has(about)) called.set(about, nowMs());
    const signature = String(request.headers["crypto-pay-api-signature"]);
    const headers = {
      "content-type": "application/json",
      "crypto-pay-api-signature": signature,
    };
    const answer = await fetch(doorUrl, { method: "POST", headers, body: new Uint8Array(body) });
    await answer.body?.cancel();
    return answer.status;
  };
  const server = createServer((request, response) => {
    void passOn(request)
      .catch(() => 503)
      .then((status) => response.writeHead(status).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    calledMs: (paymentId) => called.get(paymentId),
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
