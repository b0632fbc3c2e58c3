import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { isIPv6 } from "node:net";
import type { HostFinding } from "../../../domain/access/host-report.ts";
import { splitEndpoint } from "../endpoint.ts";
import type { Endpoint } from "./endpoint.ts";

/** How long a closed port may take to say so. */
const answerMs = 1_000;
const everyMs = 250;

/**
 * What is wrong with the address to which customers connect, as seen from here: its name is not
 * known, or its machine says that nobody listens on the port. An AmneziaWG interface is silent to
 * whom it does not know, so that a firewall that drops packets looks just like it.
 */
export async function findUdpTroubles(
  { endpoint, endpointPorts }: Endpoint,
  listenPort: number | undefined,
): Promise<HostFinding[]> {
  const { hostName, port } = splitEndpoint(endpoint);
  const findings: HostFinding[] = [];
  if (endpointPorts === undefined && listenPort !== undefined && listenPort !== port) {
    const details = `the interface listens on UDP port ${listenPort}, and customers are sent to ${port}: something has to pass them on`;
    findings.push({ trouble: "udp", details });
  }
  const address = await lookup(hostName).then(
    (found) => found.address,
    () => undefined,
  );
  if (address === undefined) {
    const details = `customers are sent to ${hostName}, and its name is not known`;
    return [...findings, { trouble: "dns", details }];
  }
  // Of a range its ends are tried: a rule that passes it on has both, or another range.
  const { first = port, last = port } = endpointPorts ?? {};
  const ports = [...new Set([first, last])];
  const closed = await Promise.all(ports.map((one) => isClosed(address, one)));
  const details = ports
    .filter((_, index) => closed[index])
    .map((one) => `nobody listens on UDP port ${one} of ${hostName}`);
  return [...findings, ...details.map((one): HostFinding => ({ trouble: "udp", details: one }))];
}

/** Whether the machine there refuses packets to the port. Without an answer: no. */
function isClosed(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
    const timers: NodeJS.Timeout[] = [];
    const end = (closed: boolean) => {
      for (const timer of timers) clearTimeout(timer);
      socket.removeAllListeners().on("error", () => undefined);
      socket.close();
      resolve(closed);
    };
    const fail = (error: NodeJS.ErrnoException) => end(error.code === "ECONNREFUSED");
    // The refusal of one packet is told at the next one.
    const send = () => socket.send("\0", (error) => error && fail(error));
    socket.on("error", fail);
    socket.on("connect", () => {
      send();
      timers.push(setInterval(send, everyMs));
    });
    timers.push(setTimeout(() => end(false), answerMs));
    socket.connect(port, address);
  });
}
