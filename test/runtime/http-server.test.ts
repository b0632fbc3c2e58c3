import type { ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { listenPublicly } from "../../runtime/http-server.ts";
import { eventually } from "../drivers/eventually.ts";

const mostConnections = 1_000;

/** A server that answers nobody until it is told to. */
async function startHolding() {
  const held: ServerResponse[] = [];
  const handle = (_request: unknown, response: ServerResponse) => void held.push(response);
  const server = await listenPublicly(handle, {
    host: "127.0.0.1",
    port: 0,
    portVariable: "API_PORT",
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { held, port };
}

/** Sends a request on its own connection, and reads to its end; "" where it is dropped. */
function ask(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  return text(socket).catch(() => "");
}

test("a connection beyond the limit is dropped, earlier ones are served, and then there is room again", async () => {
  const { held, port } = await startHolding();
  const before = Array.from({ length: mostConnections }, () => ask(port));
  await eventually(() => expect(held).toHaveLength(mostConnections));
  expect(await ask(port)).toBe("");
  expect(held).toHaveLength(mostConnections);
  for (const response of held.splice(0)) response.end("served");
  const answers = await Promise.all(before);
  expect(answers.filter((answer) => !answer.endsWith("served"))).toEqual([]);
  const next = ask(port);
  await eventually(() => expect(held).toHaveLength(1));
  held[0]?.end("served");
  expect(await next).toMatch(/served$/u);
});
