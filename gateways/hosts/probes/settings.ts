import * as z from "zod";
import { splitEndpoint } from "../endpoint.ts";
import type { HostProbe } from "../port.ts";
import { probeAddress, type ProbeAttempt } from "./attempt.ts";

const form = "is vpn.example:443, tls://vpn.example:443 or a URL";

/** One place where customers connect: `host:port`, `tls://host:port`, or a URL. */
const place = z.string().transform((text, context): ProbeAttempt => {
  const address = text.replace(/^tls:\/\//u, "");
  if (probeAddress.safeParse(address).success) {
    if (address === text) return { kind: "tcp", address };
    return { kind: "tls", address, serverName: splitEndpoint(address).hostName };
  }
  if (/^https?:\/\//u.test(text) && URL.canParse(text)) return { kind: "http", url: text };
  context.addIssue({ code: "custom", message: form });
  return z.NEVER;
});

const isPlace = (text: string): boolean => place.safeParse(text).success;

/**
 * The places where a host's customers connect, to be probed. They stay texts, as they are stored;
 * an empty list: nothing is probed.
 */
export const probePlaces = z.array(z.string().refine(isPlace, form)).max(20).optional();

/** Probes of these places. */
export const probesOf = (places: readonly string[]): readonly HostProbe[] =>
  places.map((text) => probeOf(place.parse(text)));

/** A probe that is one attempt: any answer will do. */
const probeOf = (attempt: ProbeAttempt): HostProbe => ({
  run: async (reach) => {
    const answer = await reach(attempt);
    return answer.kind === "answered"
      ? { isWell: true, latencyMs: answer.latencyMs }
      : { isWell: false, finding: { trouble: answer.trouble, details: answer.details } };
  },
});
