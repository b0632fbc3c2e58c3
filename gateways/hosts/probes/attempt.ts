import * as z from "zod";
import { hostTroubles } from "../../../domain/access/host-report.ts";

/** `host:port` or `[v6]:port`. */
export const probeAddress = z
  .string()
  .max(300)
  .regex(/^(?:[\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/u, "looks like vpn.example:443");

/** A datagram as base64, of what passes through every line. */
const datagram = z.base64().max(1_800);

/** One try to reach a host's data plane. */
export const probeAttempt = z.discriminatedUnion("kind", [
  /** Sends these, in order, and waits for one back. */
  z.strictObject({
    kind: z.literal("udp"),
    address: probeAddress,
    datagrams: z.array(datagram).min(1).max(150),
  }),
  z.strictObject({ kind: z.literal("tcp"), address: probeAddress }),
  /** Connects, and completes a TLS handshake for this name, whoever has signed the certificate. */
  z.strictObject({
    kind: z.literal("tls"),
    address: probeAddress,
    serverName: z.string().max(253),
  }),
  /** Any answer below 500 counts. */
  z.strictObject({ kind: z.literal("http"), url: z.url({ protocol: /^https?$/u }).max(2_000) }),
]);

/** One try to reach a host's data plane. */
export type ProbeAttempt = z.infer<typeof probeAttempt>;

/** What became of a try. */
export const probeAnswer = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("answered"),
    latencyMs: z.number().min(0),
    /** What came back, of datagrams alone. */
    datagram: datagram.optional(),
  }),
  z.object({
    kind: z.literal("failed"),
    trouble: z.enum(hostTroubles),
    /** What exactly, in words for operators, without a secret. */
    details: z.string().max(500),
  }),
]);

/** What became of a try. */
export type ProbeAnswer = z.infer<typeof probeAnswer>;

/** Makes a try from some place. @throws the reason of `signal` when it aborts. */
export type Reach = (attempt: ProbeAttempt, signal?: AbortSignal) => Promise<ProbeAnswer>;

/** A place from which hosts are probed. */
export interface ProbeSource {
  readonly name: string;
  /** @throws Error when the place itself cannot be asked, which says nothing of the host. */
  readonly reach: Reach;
}
