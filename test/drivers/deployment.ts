import { MemoryVpnHost } from "../../gateways/hosts/memory.ts";
import { openEveryPanel } from "../gateways/hosts/every-panel.ts";
import type { PanelUnderTest } from "../gateways/hosts/panel-contract.ts";
import { memorySettings } from "./memory-settings.ts";
import type { OtherHost } from "./test-app-options.ts";

/** A host with an operator beside us, and those who use it. */
export interface LivingHost {
  /** Who gets through it now. */
  isLetIn(identity: string): Promise<boolean>;
  /** Somebody deletes it on the host. */
  deleteByHand(identity: string): Promise<void>;
  /** They move so many bytes, and the host counts them. */
  carry(identity: string, bytes: number): Promise<void>;
}

/** Two hosts of tunnels and one of each panel, on one clock. */
export interface Deployment {
  /** By their names: the app's own is `one`. */
  readonly hosts: Readonly<Record<string, LivingHost>>;
  readonly panels: Readonly<Record<string, PanelUnderTest>>;
  /** The second host of tunnels. */
  readonly two: MemoryVpnHost;
  /** All but the app's own, as the app takes them. */
  readonly others: Readonly<Record<string, OtherHost>>;
  /** The panels' clocks go on. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

const ofTunnels = (host: () => MemoryVpnHost): LivingHost => ({
  isLetIn: async (identity) =>
    (await host().list()).peers.some((peer) => peer.identity === identity),
  deleteByHand: async (identity) => void (await host().remove([identity])),
  carry: async (identity, bytes) => host().carry(identity, 0, bytes),
});

const ofUsers = (panel: PanelUnderTest): LivingHost => ({
  isLetIn: (identity) => panel.isOnNode(identity),
  deleteByHand: (identity) => panel.deleteByHand(identity),
  carry: (identity, bytes) => panel.carry(identity, bytes),
});

/** Opens them. `own` is the app's own host, and `now` its clock, once it is open. */
export async function openDeployment(
  own: () => MemoryVpnHost,
  now: () => number,
): Promise<Deployment> {
  const panels = await openEveryPanel({ now });
  const settings = memorySettings("10.78.0.0/20");
  const two = new MemoryVpnHost(settings, now);
  const all = Object.entries(panels);
  return {
    hosts: {
      one: ofTunnels(own),
      two: ofTunnels(() => two),
      ...Object.fromEntries(all.map(([name, panel]) => [name, ofUsers(panel)])),
    },
    panels,
    two,
    others: { two: { settings, host: two }, ...panels },
    advance: async (ms) => void (await Promise.all(all.map(([, panel]) => panel.advance(ms)))),
    close: async () => void (await Promise.all(all.map(([, panel]) => panel.close()))),
  };
}
