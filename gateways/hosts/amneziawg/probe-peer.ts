import { hkdfSync } from "node:crypto";
import { publicKeyOf } from "./keys.ts";

/** The peer by which we probe an interface: it has no address, and so can carry no traffic. */
export interface ProbePeer {
  readonly publicKey: string;
  readonly privateKey: string;
  readonly presharedKey: string;
}

/** The probe peer that follows from a host's secret for probes: the same each time. */
export function probePeerOf(secret: Buffer): ProbePeer {
  const derived = (what: string) =>
    Buffer.from(hkdfSync("sha256", secret, "", `tollgate probe ${what}`, 32)).toString("base64");
  const privateKey = derived("key");
  return {
    privateKey,
    publicKey: publicKeyOf(privateKey),
    presharedKey: derived("preshared key"),
  };
}
