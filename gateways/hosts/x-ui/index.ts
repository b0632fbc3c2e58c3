import type { HostKind } from "../kind.ts";
import { PanelHost } from "../panel/panel-host.ts";
import { Xui } from "./adapter.ts";
import { xuiSettings } from "./settings.ts";

/** A 3x-ui panel: customers get the panel's subscription links. */
export const xuiKind: HostKind<typeof xuiSettings> = {
  kind: "3x-ui",
  settings: xuiSettings,
  breaker: "perCall",
  warnings: () => [
    "3x-ui limits devices by their addresses, and only where fail2ban runs on its host",
  ],
  connect: (settings, more) => new PanelHost(settings, new Xui(settings, more?.now)),
};
