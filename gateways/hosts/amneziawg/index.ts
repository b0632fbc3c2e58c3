import type { HostKind } from "../kind.ts";
import { AmneziaWgHost } from "./adapter.ts";
import { CliDevice } from "./cli-device.ts";
import type { Device } from "./device.ts";
import { publicKeyOf } from "./keys.ts";
import { ownedInterface } from "./owned-interface.ts";
import { type AmneziaWgSettings, amneziaWgSettings, amneziaWgWarnings } from "./settings.ts";
import { UapiDevice } from "./uapi-device.ts";

/** An AmneziaWG interface, reached through its UAPI socket, its tool, or its tool over SSH. */
export const amneziaWgKind: HostKind<typeof amneziaWgSettings> = {
  kind: "amneziawg",
  settings: amneziaWgSettings,
  warnings: amneziaWgWarnings,
  connect(settings, { probeSecrets = [] } = {}) {
    const expected = settings.owned && publicKeyOf(settings.owned.privateKey);
    const publicKey = expected ?? settings.publicKey;
    return new AmneziaWgHost(deviceOf(settings), { ...settings, publicKey }, probeSecrets);
  },
};

function deviceOf(settings: AmneziaWgSettings): Device {
  return settings.via.type === "uapi"
    ? new UapiDevice(settings.via.socket, ownedInterface(settings))
    : new CliDevice(settings.via);
}
