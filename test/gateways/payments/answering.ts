import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { freePort } from "../../../tools/servers/ports.ts";

export interface CannedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Starts a server that answers as the test says; resolves with its URL. */
export async function startCannedServer(
  say: (path: string, body: string) => CannedAnswer,
): Promise<string> {
  const server = createServer((request, response) => {
    void text(request).then((sent) => {
      const { status = 200, headers = {}, body } = say(request.url ?? "", sent);
      response.writeHead(status, headers).end(body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const say = (said: CannedAnswer): Promise<string> => startCannedServer(() => said);

/** URLs where something other than a gateway answers, or nothing does. */
export async function wrongPlaces(): Promise<string[]> {
  const elsewhere = await say({ body: "here" });
  return Promise.all([
    freePort().then((port) => `http://127.0.0.1:${port}`),
    Promise.resolve("http://no-such-host.invalid"),
    say({ body: "<h1>hello</h1>" }),
    say({ body: "null" }),
    say({ body: "[]" }),
    say({ body: "" }),
    say({ body: "{}" }),
    say({ status: 404, body: "not here" }),
    say({ status: 503, body: '{"ok":true,"result":{"items":[]}}' }),
    say({ status: 307, headers: { location: elsewhere }, body: "" }),
    say({ body: '{"ok":true,"result":{"items":[{}]}}' }),
    say({ body: '{"Success":true,"ErrorCode":"0","Payments":[{}]}' }),
  ]);
}
