import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { isIPv6, createConnection, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import "../../../runtime/connecting.ts";
import { splitEndpoint } from "../endpoint.ts";
import { describeUnreachable } from "../panel/unreachable.ts";
import type { ProbeAnswer, ProbeAttempt } from "./attempt.ts";

/** How long a host may take to answer one try. */
const answerMs = 3_000;

/** Makes a try from this machine. @throws the reason of `signal` when it aborts. */
export async function reachFromHere(
  attempt: ProbeAttempt,
  signal?: AbortSignal,
): Promise<ProbeAnswer> {
  const startedMs = performance.now();
  const limit = AbortSignal.timeout(answerMs);
  const until = signal === undefined ? limit : AbortSignal.any([limit, signal]);
  try {
    const datagram = await answerTo(attempt, until);
    const latencyMs = performance.now() - startedMs;
    return { kind: "answered", latencyMs, ...(datagram !== undefined && { datagram }) };
  } catch (error) {
    signal?.throwIfAborted();
    const { trouble, words } = describeUnreachable(limit.aborted ? limit.reason : error);
    return { kind: "failed", trouble, details: `${placeOf(attempt)}: ${words}` };
  }
}

const placeOf = (attempt: ProbeAttempt): string =>
  attempt.kind === "http" ? new URL(attempt.url).host : `${attempt.kind} ${attempt.address}`;

/** What came back, in base64, where that is a datagram. */
async function answerTo(attempt: ProbeAttempt, until: AbortSignal): Promise<string | undefined> {
  switch (attempt.kind) {
    case "udp":
      return exchange(attempt, until);
    case "tcp": {
      const { hostName: host, port } = splitEndpoint(attempt.address);
      return closeOnce(createConnection({ host, port }), "connect", until);
    }
    case "tls": {
      const { hostName: host, port } = splitEndpoint(attempt.address);
      const { serverName: servername } = attempt;
      // An inbound may show somebody else's certificate: that it speaks TLS is enough.
      const options = { host, port, servername, rejectUnauthorized: false };
      return closeOnce(connectTls(options), "secureConnect", until);
    }
    case "http": {
      const answer = await fetch(attempt.url, { redirect: "manual", signal: until });
      await answer.body?.cancel();
      if (answer.status >= 500) throw new ServerFailure(answer.status);
      return undefined;
    }
  }
}

/** It answers, and says that it cannot. */
class ServerFailure extends Error {
  constructor(status: number) {
    super(`HTTP ${status}`);
    this.name = `HTTP ${status}`;
  }
}

async function closeOnce(socket: Socket, event: string, signal: AbortSignal): Promise<undefined> {
  try {
    await once(socket, event, { signal });
  } catch (error) {
    // As `fetch` tells it: what failed is the cause.
    throw new Error("not connected", { cause: error });
  } finally {
    socket.on("error", () => undefined).destroy();
  }
}

/** Sends the datagrams, and answers with the first that comes back. */
async function exchange(
  { address, datagrams }: Extract<ProbeAttempt, { readonly kind: "udp" }>,
  signal: AbortSignal,
): Promise<string> {
  const { hostName, port } = splitEndpoint(address);
  const found = await lookup(hostName).catch((error: unknown) => {
    throw new Error("the name is not known", { cause: error });
  });
  signal.throwIfAborted();
  const socket = createSocket(isIPv6(found.address) ? "udp6" : "udp4");
  // Several packets may be refused, and only the first refusal is waited for.
  socket.on("error", () => undefined);
  try {
    socket.connect(port, found.address);
    await once(socket, "connect", { signal });
    const answered = once(socket, "message", { signal });
    // The refusal of one packet is told at the next one.
    const fail = (error: Error | null) => void (error && socket.emit("error", error));
    for (const datagram of datagrams) socket.send(Buffer.from(datagram, "base64"), fail);
    const [packet] = (await answered) as [Buffer];
    return packet.toString("base64");
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error("no answer", { cause: error });
  } finally {
    socket.close();
  }
}
