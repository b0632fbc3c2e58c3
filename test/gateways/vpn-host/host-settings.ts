import { randomInt } from "node:crypto";
import { generateParameters } from "../../../domain/amneziawg.ts";
import { generateKeyPair } from "../../../gateways/vpn-host/keys.ts";
import {
  hostSettings,
  type AmneziaWgSettings,
  type HostSettingsInput,
  type MemorySettings,
} from "../../../gateways/vpn-host/settings.ts";
import { network } from "./accesses.ts";

const inside = () => ({
  network,
  serverAddress: "10.8.0.1",
  dns: ["1.1.1.1", "1.0.0.1"],
  mtu: 1_376,
  allowedIps: [network],
  parameters: generateParameters((min, max) => randomInt(min, max + 1)),
});

export function memoryHostSettings(): MemorySettings {
  const { publicKey } = generateKeyPair();
  const given: HostSettingsInput = {
    kind: "memory",
    publicKey,
    endpoint: "vpn.example:51820",
    ...inside(),
  };
  return hostSettings.parse(given) as MemorySettings;
}

type Reached = Pick<AmneziaWgSettings, "via" | "owned" | "endpoint">;

export const amneziaWgHostSettings = (reached: Reached): AmneziaWgSettings =>
  hostSettings.parse({ kind: "amneziawg", ...inside(), ...reached }) as AmneziaWgSettings;
