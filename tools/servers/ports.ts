import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";

const host = "127.0.0.1";

/**
 * Below the ports of outgoing connections (from 32768 on Linux, 49152 elsewhere), one of which
 * could take a free port before its server does;
 * and within 16 signed bits, in which some programs store ports.
 */
const lowest = 10_000;
const highest = 32_767;
const triesPerPort = 50;

/**
 * Finds a TCP port on 127.0.0.1, from 10000 to 32767, on which nothing listened a moment ago. Until
 * this process ends, no process that asks this function is given it again.
 * @throws Error when no port is free.
 */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/**
 * Finds `count` different free ports; see `freePort`.
 * @throws Error when fewer are free.
 */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let tries = 0; found.length < count && tries < triesPerPort * count; tries += 1) {
    const port = randomInt(lowest, highest + 1);
    if ((await claim(port)) && (await isFree(port))) found.push(port);
  }
  if (found.length < count) throw new Error(`no ${count} free ports from ${lowest} to ${highest}`);
  return found;
}

/**
 * Binds the UDP port of the same number, which marks a TCP port as given out before its server
 * listens on it: only one process can hold it, and the system frees it however that process ends.
 */
function claim(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, host, () => {
      socket.unref();
      resolve(true);
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

/**
 * Finds a UDP port that is free on all addresses; `port`, where given, is tried.
 * @throws Error when that one is taken.
 */
export async function freeUdpPort(port = 0): Promise<number> {
  const probe = createSocket("udp4");
  try {
    probe.bind(port);
    await once(probe, "listening");
    return probe.address().port;
  } finally {
    probe.close();
  }
}

/** Whether a server could listen at this UDP port, on all addresses, now. */
export const isFreeUdpPort = (port: number): Promise<boolean> =>
  freeUdpPort(port).then(
    () => true,
    () => false,
  );

/** Whether a server accepts a TCP connection there within `timeoutMs`. */
export function acceptsConnections(
  hostname: string,
  port: number,
  timeoutMs = 3_000,
): Promise<boolean> {
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
