import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { nowMs } from "./step.ts";

/**
 * A proxy between the gateway and the api that records when the gateway first calls about each
 * payment.
 */
export interface Relay {
  readonly url: string;
  /** When the gateway first called about this payment; undefined before that. */
  calledMs(paymentId: string): number | undefined;
  stop(): Promise<void>;
}

interface RelayedWebhook {
  readonly payload?: { readonly payload?: string };
}

/** Starts a proxy that forwards each webhook to `webhookUrl` unchanged, and the answer back. */
export async function startRelay(webhookUrl: string): Promise<Relay> {
  const called = new Map<string, number>();
  const forward = async (request: IncomingMessage): Promise<number> => {
    const body = await buffer(request);
    const paymentId = (JSON.parse(body.toString()) as RelayedWebhook).payload?.payload ?? "";
    if (!called.has(paymentId)) called.set(paymentId, nowMs());
    const signature = String(request.headers["crypto-pay-api-signature"]);
    const headers = {
      "content-type": "application/json",
      "crypto-pay-api-signature": signature,
    };
    const answer = await fetch(webhookUrl, { method: "POST", headers, body: new Uint8Array(body) });
    await answer.body?.cancel();
    return answer.status;
  };
  const server = createServer((request, response) => {
    void forward(request)
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
