import type { VpnHost } from "../vpn-host.ts";
import { AmneziaWgHost } from "./amneziawg.ts";
import { CliDevice } from "./amneziawg/cli-device.ts";
import type { Device } from "./amneziawg/device.ts";
import { UapiDevice } from "./amneziawg/uapi-device.ts";
import type { Guard } from "../guard.ts";
import { guarded } from "./guarded.ts";
import { publicKeyOf } from "./keys.ts";
import { MemoryVpnHost } from "./memory.ts";
import { ownedInterface } from "./owned-interface.ts";
import type { AmneziaWgSettings, HostSettings } from "./settings.ts";

/** Above the time-outs of the transports, which tell more: two commands of 10 s each. */
const guard: Guard = { timeoutMs: 25_000, breaker: { failures: 5, pauseMs: 5_000 } };

/**
 * The host that these settings describe, guarded by time limit and circuit breaker. Nothing is asked of it
 * yet. Make one per host and keep it: the breaker, and a memory host's peers, live in it.
 */
export function connectHost(settings: HostSettings): VpnHost {
  if (settings.kind === "memory") return new MemoryVpnHost(settings);
  const expected = settings.owned && publicKeyOf(settings.owned.privateKey);
  const publicKey = expected ?? settings.publicKey;
  return guarded(new AmneziaWgHost(deviceOf(settings), { ...settings, publicKey }), guard);
}

function deviceOf(settings: AmneziaWgSettings): Device {
  return settings.via.type === "uapi"
    ? new UapiDevice(settings.via.socket, ownedInterface(settings))
    : new CliDevice(settings.via);
}
