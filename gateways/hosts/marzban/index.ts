import type { HostKind } from "../kind.ts";
import { PanelHost } from "../panel/panel-host.ts";
import { Marzban } from "./adapter.ts";
import { marzbanSettings } from "./settings.ts";

/** A Marzban panel: customers get the panel's subscription links. */
export const marzbanKind: HostKind<typeof marzbanSettings> = {
  kind: "marzban",
  settings: marzbanSettings,
  breaker: "perCall",
  warnings: () => ["Marzban limits no devices: a link may be used on any number of them"],
  connect: (settings) => new PanelHost(settings, new Marzban(settings)),
};
