import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** An answer on its way from an emulator: text, or a value that becomes JSON. */
export interface Passing {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * A proxy between a gateway and an emulator that changes answers, for what the emulator cannot
 * simulate. An answer that becomes undefined is a dropped connection.
 */
export async function startWall(
  behind: string,
  change: (passing: Passing, path: string) => Passing | undefined,
): Promise<string> {
  const server = createServer((request, response) => {
    void ask(behind, request).then((answer) => {
      const passing = change(answer, request.url ?? "/");
      if (passing === undefined) return response.destroy();
      const { status, headers, body } = passing;
      response.writeHead(status, headers);
      return response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  server.listen(0, "127.0.0.1");
  await new Promise((listening) => {
    server.once("listening", listening);
  });
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const passed = ["content-type", "x-api-key"] as const;

async function ask(behind: string, request: IncomingMessage): Promise<Passing> {
  const { method = "GET", url = "/", headers } = request;
  const kept = passed.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : []));
  const answer = await fetch(`${behind}${url}`, {
    method,
    headers: Object.fromEntries(kept) as Record<string, string>,
    ...(method === "GET" ? {} : { body: await text(request) }),
  });
  return { status: answer.status, body: await answer.json() };
}
