import { once } from "node:events";
import { connect } from "node:net";
import { Client, Connection } from "@temporalio/client";
import { expect, onTestFinished, test } from "vitest";
import { secrets, startApi } from "../gateways/payments/webhook-fixture.ts";

// Nothing here reaches Temporal; the client would connect at its first call.
const temporal = { client: new Client({ connection: Connection.lazy() }) };

/** Sends only a head; resolves with the status that is answered before any body. */
async function statusOfHead(url: string, lines: readonly string[]): Promise<string> {
  const { port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1").setEncoding("utf8");
  onTestFinished(() => void socket.destroy());
  socket.write([...lines, "Host: x", "", ""].join("\r\n"));
  const [answer] = (await once(socket, "data", { signal: AbortSignal.timeout(5_000) })) as [string];
  return answer.slice("HTTP/1.1 ".length, "HTTP/1.1 ".length + 3);
}

test.each([
  ["a missing signature", "cryptobot", ["Content-Length: 500"], "401"],
  ["a body that says it is too large", "tbank", ["Content-Length: 65537"], "413"],
  ["a compressed body", "tbank", ["Content-Length: 500", "Content-Encoding: gzip"], "415"],
])("%s is refused before a byte of the body was sent", async (_what, gateway, headers, status) => {
  const api = await startApi(temporal.client);
  const lines = [`POST /webhooks/${gateway} HTTP/1.1`, ...headers];
  expect(await statusOfHead(api.url, lines)).toBe(status);
});

test("an update without a secret, or too large, is refused before a byte of it is sent", async () => {
  const api = await startApi(temporal.client, {
    ...secrets,
    BOT_WEBHOOK_URL: "http://127.0.0.1:1",
  });
  const post = "POST /webhooks/telegram HTTP/1.1";
  expect(await statusOfHead(api.url, [post, "Content-Length: 500"])).toBe("403");
  const secret = "X-Telegram-Bot-Api-Secret-Token: guessed";
  expect(await statusOfHead(api.url, [post, secret, "Content-Length: 1048577"])).toBe("413");
});

test("a body without a length is refused at the first byte too many", async () => {
  const api = await startApi(temporal.client);
  const { port } = new URL(api.url);
  const socket = connect(Number(port), "127.0.0.1").setEncoding("utf8");
  onTestFinished(() => void socket.destroy());
  socket.write("POST /webhooks/tbank HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  socket.write(`fffff\r\n${"x".repeat(65_537)}`);
  const [answer] = (await once(socket, "data", { signal: AbortSignal.timeout(5_000) })) as [string];
  expect(answer).toMatch(/^HTTP\/1\.1 413/u);
  expect(await api.outcomes("tbank")).toEqual({ oversized: 1 });
});
