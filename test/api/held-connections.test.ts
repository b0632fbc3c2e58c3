import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { freePorts } from "../../tools/servers/ports.ts";
import { eventually } from "../drivers/eventually.ts";
import { secrets } from "../gateways/payments/webhook-fixture.ts";
import { launch } from "../runtime/launched.ts";

const mebibyte = 1_048_576;
const mostMemory = 256 * mebibyte;

/** A bot that accepts connections and reads nothing: the worst that can be behind the api. */
async function startDeafBot(): Promise<string> {
  const held = new Set<Socket>();
  const server = createServer(
    (socket) => void held.add(socket.pause().on("error", () => undefined)),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of held) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startApiProcess() {
  const [api = 0, metrics = 0] = await freePorts(2);
  const { child } = launch("api", {
    // No request here gets far enough to reach these.
    DATABASE_URL: "postgres://u:p@127.0.0.1:1/none",
    TEMPORAL_ADDRESS: "127.0.0.1:1",
    API_PORT: `${api}`,
    METRICS_PORT: `${metrics}`,
    BOT_WEBHOOK_URL: await startDeafBot(),
    ...secrets,
  });
  const health = () => fetch(`http://127.0.0.1:${api}/healthz`);
  await eventually(async () => expect((await health()).status).toBe(200), 30_000);
  return { port: api, health, pid: child.pid ?? 0 };
}

/** The peak memory of a process, in bytes. */
const peakMemory = (pid: number): number =>
  1_024 * Number(/^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

interface HeldRequest {
  readonly head: string;
  readonly bytes: number;
}

/** Sends a head and nearly a mebibyte, and then holds the connection. */
function hold(port: number, { head, bytes }: HeldRequest): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined).resume();
  socket.write(`POST ${head}\r\nHost: x\r\n`);
  socket.write(head.includes("chunked") ? `\r\n${mebibyte.toString(16)}\r\n` : "\r\n");
  socket.write(Buffer.alloc(bytes, 32));
  return socket;
}

const length = `Content-Length: ${mebibyte}`;
const chunked = "Transfer-Encoding: chunked";
const update = "/webhooks/telegram HTTP/1.1\r\nX-Telegram-Bot-Api-Secret-Token: guessed";
const crypto = `/webhooks/cryptobot HTTP/1.1\r\nCrypto-Pay-Api-Signature: ${"0".repeat(64)}`;
const heads = [
  `${update}\r\n${length}`,
  `${update}\r\n${chunked}`,
  `${crypto}\r\n${length}`,
  `${crypto}\r\n${chunked}`,
  `/webhooks/tbank HTTP/1.1\r\n${chunked}`,
  `/webhooks/tbank HTTP/1.1\r\nContent-Length: 65000`,
  `/nowhere HTTP/1.1\r\n${length}`,
];

test.skipIf(process.platform !== "linux")(
  "500 connections that hold 1 MiB each keep the api below 256 MB, and it answers others",
  { timeout: 120_000 },
  async () => {
    const { port, health, pid } = await startApiProcess();
    const sockets = Array.from({ length: 500 }, (_, at) => {
      const head = heads[at % heads.length] ?? "";
      return hold(port, { head, bytes: head.includes("65000") ? 64_999 : mebibyte - 1 });
    });
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    const begun = performance.now();
    while (performance.now() - begun < 8_000) {
      expect((await health()).status).toBe(200);
      await delay(500);
    }
    expect(peakMemory(pid)).toBeLessThan(mostMemory);
    // No connection is held for longer than seconds.
    await eventually(() => expect(sockets.filter((socket) => !socket.closed)).toEqual([]), 40_000);
    expect(peakMemory(pid)).toBeLessThan(mostMemory);
  },
);
