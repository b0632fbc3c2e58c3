import type { HostKind } from "../kind.ts";
import { PanelHost } from "../panel/panel-host.ts";
import { Remnawave } from "./adapter.ts";
import { remnawaveSettings } from "./settings.ts";

/** A Remnawave panel: customers get the panel's subscription links. */
export const remnawaveKind: HostKind<typeof remnawaveSettings> = {
  kind: "remnawave",
  settings: remnawaveSettings,
  breaker: "perCall",
  warnings: () => [],
  connect: (settings, more) => new PanelHost(settings, new Remnawave(settings, more?.now)),
};
