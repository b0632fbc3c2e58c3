import type { ProbeOutcome } from "../../../domain/access/host-health.ts";
import type { HostProbe } from "../port.ts";
import { disguise, headersOf, undisguise } from "./disguise.ts";
import { beginHandshake, type HandshakeTime } from "./handshake.ts";
import type { AmneziaWgParameters } from "./parameters.ts";
import type { ProbePeer } from "./probe-peer.ts";

/** What a client has to know to begin a handshake with an interface. */
export interface ProbedInterface {
  /** `host:port` or `[v6]:port`. */
  readonly endpoint: string;
  readonly publicKey: string;
  readonly parameters: AmneziaWgParameters;
  readonly peer: ProbePeer;
}

/** A datagram may be lost on the best of lines. */
const tries = 2;

/**
 * Begins a handshake with an AmneziaWG interface as a customer's app does. It is answered by the
 * holder of the interface's key alone, and only where the parameters fit: a silent port, a wrong
 * key and a blocked protocol all look the same, and are.
 */
export const tunnelProbe = (probed: ProbedInterface): HostProbe => ({
  run: async (reach) => {
    let outcome: ProbeOutcome = failed("no handshake was begun");
    for (let index = 0; index < tries && !outcome.isWell; index += 1) {
      outcome = await shakeHands(probed, reach);
    }
    return outcome;
  },
});

const failed = (details: string): ProbeOutcome => ({
  isWell: false,
  finding: { trouble: "udp", details },
});

async function shakeHands(
  { endpoint, publicKey: hostPublicKey, parameters, peer }: ProbedInterface,
  reach: Parameters<HostProbe["run"]>[0],
): Promise<ProbeOutcome> {
  const keys = { ...peer, hostPublicKey };
  const handshake = beginHandshake(keys, headersOf(parameters), nextTime());
  const packets = disguise(handshake.initiation, parameters);
  const datagrams = packets.map((packet) => packet.toString("base64"));
  const answer = await reach({ kind: "udp", address: endpoint, datagrams });
  if (answer.kind === "failed") {
    if (answer.trouble !== "timeout") return { isWell: false, finding: answer };
    return failed(`no answer to a handshake at ${endpoint}`);
  }
  const packet = Buffer.from(answer.datagram ?? "", "base64");
  const isAnswered = undisguise(packet, parameters).some((one) => handshake.isAnsweredBy(one));
  return isAnswered
    ? { isWell: true, latencyMs: answer.latencyMs }
    : failed(`what answers a handshake at ${endpoint} is not the host`);
}

let last: HandshakeTime = { ms: 0, index: 0 };

/** Now, and always later than the time before, whatever becomes of the clock. */
function nextTime(): HandshakeTime {
  const ms = Date.now();
  last = ms > last.ms ? { ms, index: 0 } : { ms: last.ms, index: last.index + 1 };
  return last;
}
