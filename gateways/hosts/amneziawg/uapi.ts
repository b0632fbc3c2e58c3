import { createConnection } from "node:net";
import { setImmediate } from "node:timers/promises";
import { Refused } from "../../refused.ts";
import { HostOutage } from "../trouble.ts";

const timeoutMs = 5_000;
/** 10,000 peers are 3 MB. */
const longestReply = 64 * 1024 * 1024;
const lastLines = /(?:^|\n)errno=(-?\d+)\n\n$/u;

/** One line of UAPI, `key=value`. */
export type Entry = readonly [key: string, value: string];

/**
 * Sends one request to a UAPI socket, on its own connection: the daemon closes silently on what it
 * does not know. The protocol is wireguard.com's "Cross-Platform Interface"; keys are in
 * hexadecimal. No message contains what was sent, since it holds keys.
 * @throws Refused when the daemon names a line that it cannot accept.
 * @throws Error when it cannot be reached, does not answer in five seconds or answers nonsense.
 */
export async function callUapi(
  socket: string,
  operation: "get" | "set",
  entries: readonly Entry[],
): Promise<Entry[]> {
  const body = entries.map(([key, value]) => `${key}=${value}\n`).join("");
  const answer: Entry[] = [];
  let rest = "";
  let lines: string[] = [];
  // 10,000 peers are 3 MB in pieces of 64 KiB; the event loop runs between two pieces.
  for (const piece of await exchange(socket, `${operation}=1\n${body}\n`)) {
    lines = [...lines, ...(rest + piece).split("\n")];
    rest = lines.pop() ?? "";
    // The last two lines are the result and an empty line.
    for (const line of lines.slice(0, -2)) answer.push(entryOf(line));
    lines = lines.slice(-2);
    await setImmediate();
  }
  return answer;
}

function entryOf(line: string): Entry {
  const equals = line.indexOf("=");
  if (equals < 1) throw new Error("the VPN host's UAPI socket answered something that is not UAPI");
  return [line.slice(0, equals), line.slice(equals + 1)];
}

function exchange(socket: string, request: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(socket).setEncoding("utf8");
    const fail = (what: string) => connection.destroy(new Error(`UAPI socket ${socket}: ${what}`));
    // A deadline for the whole exchange: a host that never stops sending bytes is as dead
    // as a silent one.
    const deadline = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
    const chunks: string[] = [];
    let length = 0;
    let tail = "";
    connection.on("error", (error: NodeJS.ErrnoException) => reject(named(error)));
    connection.on("close", () => {
      clearTimeout(deadline);
      reject(new Error(`UAPI socket ${socket}: closed without an answer`));
    });
    connection.on("data", (chunk: string) => {
      chunks.push(chunk);
      length += chunk.length;
      tail = (tail + chunk).slice(-32);
      if (length > longestReply) fail("the answer has no end");
      const errno = lastLines.exec(tail)?.[1];
      if (errno === undefined) return;
      if (errno === "0") resolve(chunks);
      else reject(failure(socket, Number(errno)));
      connection.destroy();
    });
    connection.write(request);
  });
}

/** Why the socket could not be opened, where that is known by name. */
function named(error: NodeJS.ErrnoException): Error {
  if (error.code === "EACCES") {
    const words = `${error.message}: let the worker's user open it`;
    return new HostOutage("rights", words, { cause: error });
  }
  const isGone = error.code === "ENOENT" || error.code === "ECONNREFUSED";
  const words = `${error.message}: is the daemon running?`;
  return isGone ? new HostOutage("interface", words, { cause: error }) : error;
}

/** The daemon answers with negative errno values of its own system. */
function failure(socket: string, errno: number): Error {
  const message = `UAPI socket ${socket}: errno ${errno}`;
  if (errno === -98)
    return new HostOutage("udp", `${message}: the port is taken, stop the program that holds it`);
  if (errno === -22) return new Refused(`${message}: a value is invalid or its name unknown`);
  if (errno === -71) return new Refused(`${message}: a line is invalid`);
  return new Error(message);
}
