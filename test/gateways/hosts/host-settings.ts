import { randomInt } from "node:crypto";
import { generateKeyPair } from "../../../gateways/hosts/amneziawg/keys.ts";
import { generateParameters } from "../../../gateways/hosts/amneziawg/parameters.ts";
import type {
  AmneziaWgSettings,
  MemorySettings,
} from "../../../gateways/hosts/amneziawg/settings.ts";
import { hostSettings, type HostSettingsInput } from "../../../gateways/hosts/registry.ts";
import { network, network6 } from "./accesses.ts";

const inside = () => ({
  network,
  network6,
  serverAddress: "10.8.0.1",
  dns: ["1.1.1.1", "1.0.0.1"],
  mtu: 1_376,
  allowedIps: [network, network6],
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
