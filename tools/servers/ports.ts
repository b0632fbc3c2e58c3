import { randomInt } from "node:crypto";
import { createServer, connect } from "node:net";

const host = "127.0.0.1";

/** A TCP port on 127.0.0.1 that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** Different free ports: all are held until the last is found. */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => hold(0)));
  return letGo(held);
}

/**
 * Different free ports from 10000 to 32767, for a program that keeps them in 16 signed bits.
 * @throws Error when there are none.
 */
export async function freeLowPorts(count: number): Promise<number[]> {
  const held: Held[] = [];
  for (let tries = 0; held.length < count && tries < 50 * count; tries += 1) {
    const found = await hold(randomInt(10_000, 32_768)).catch(() => undefined);
    if (found) held.push(found);
  }
  const ports = await letGo(held);
  if (ports.length < count) throw new Error(`no ${count} free ports from 10000 to 32767`);
  return ports;
}

interface Held {
  readonly port: number;
  readonly letGo: () => Promise<void>;
}

async function letGo(held: readonly Held[]): Promise<number[]> {
  await Promise.all(held.map((one) => one.letGo()));
  return held.map(({ port }) => port);
}

function hold(wanted: number): Promise<Held> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(wanted, host, () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      resolve({ port, letGo: () => new Promise((done) => probe.close(() => done())) });
    });
  });
}

/** Whether a server could listen on 127.0.0.1 at this port now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once("error", () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

/** Whether somebody takes TCP connections there within `timeoutMs`. */
export function answers(hostname: string, port: number, timeoutMs = 3_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, hostname);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
