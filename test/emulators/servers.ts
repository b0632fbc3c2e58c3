import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished, vi } from "vitest";
import type { Emulator } from "../../emulators/kit/server.ts";

/** Waits until the check holds, also on a machine that is busy with other things. */
export const eventually = (check: () => unknown): Promise<unknown> =>
  vi.waitFor(check, { timeout: 30_000 });

/** Closes an emulator when the test ends, or earlier by the returned function. */
export function closeAfterTest(emulator: Emulator): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= emulator.close());
  onTestFinished(close);
  return close;
}

/** Serves on a free port until the test ends. Resolves with the URL of a webhook there. */
export async function startReceiver(
  receive: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<string> {
  const server = createServer((request, response) => void receive(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}
