import type { HostKind } from "../kind.ts";
import { PanelHost } from "../panel/panel-host.ts";
import { PasarGuard } from "./adapter.ts";
import { pasarGuardSettings } from "./settings.ts";

/** A PasarGuard panel: customers get the panel's subscription links. */
export const pasarGuardKind: HostKind<typeof pasarGuardSettings> = {
  kind: "pasarguard",
  settings: pasarGuardSettings,
  breaker: "perCall",
  warnings: () => [],
  connect: (settings) => new PanelHost(settings, new PasarGuard(settings)),
};
