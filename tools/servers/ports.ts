import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, createServer } from "node:net";

const host = "127.0.0.1";

/**
 * Below what systems give to outgoing connections (from 32768 on Linux, 49152 elsewhere), which would take a
 * free port before its server does; and in 16 signed bits, where some programs keep ports.
 */
const [lowest, highest] = [10_000, 32_767];
const triesPerPort = 50;

/**
 * A TCP port on 127.0.0.1, from 10000 to 32767, that nobody listened on a moment ago. Until this process ends,
 * nobody is given it again here, in whatever process they ask.
 * @throws Error when there is none.
 */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/**
 * So many different ones; see `freePort`.
 * @throws Error when there are not so many.
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
 * The UDP port of the same number marks a TCP port that was given out and that its server does not listen on
 * yet: only one process can have it, and it goes with that process, however it ends.
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

/** Whether somebody takes TCP connections there within `timeoutMs`. */
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
