import type { ConnectOptions } from "../../../gateways/hosts/kind.ts";
import { openMarzban } from "./emulated-marzban.ts";
import { openPasarGuard } from "./emulated-pasarguard.ts";
import { openRemnawave } from "./emulated-remnawave.ts";
import { openXui } from "./emulated-x-ui.ts";
import type { PanelUnderTest } from "./panel-contract.ts";

/** One panel of each kind, by name. */
export const panelNames = ["marzban", "pasarguard", "remnawave", "x-ui"] as const;
/** One of them. */
export type PanelName = (typeof panelNames)[number];

/** Something of each panel. */
export type OfEachPanel<Value> = Readonly<Record<PanelName, Value>>;

/** Starts an emulated panel of each kind; `more` is what their adapters are given. */
export async function openEveryPanel(more?: ConnectOptions): Promise<OfEachPanel<PanelUnderTest>> {
  const [marzban, pasarguard, remnawave, xui] = await Promise.all([
    openMarzban(more),
    openPasarGuard(more),
    openRemnawave(more),
    openXui(more),
  ]);
  return { marzban, pasarguard, remnawave, "x-ui": xui };
}
