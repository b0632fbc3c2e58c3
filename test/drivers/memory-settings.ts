import { randomInt } from "node:crypto";
import { generateKeyPair } from "../../gateways/hosts/amneziawg/keys.ts";
import { generateParameters } from "../../gateways/hosts/amneziawg/parameters.ts";

/** Settings of a host in memory. */
export const memorySettings = (network = "10.9.0.0/20", network6?: string) => ({
  kind: "memory" as const,
  endpoint: "vpn.example:51820",
  network,
  ...(network6 !== undefined && { network6 }),
  serverAddress: network.replace(/\d+\/\d+$/u, "1"),
  dns: ["1.1.1.1"],
  mtu: 1376,
  allowedIps: ["0.0.0.0/0"],
  publicKey: generateKeyPair().publicKey,
  parameters: generateParameters((min, max) => randomInt(min, max + 1)),
});
