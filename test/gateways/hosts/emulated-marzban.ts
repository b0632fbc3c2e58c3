import { startMarzbanEmulator } from "../../../emulators/marzban/emulator.ts";
import type { ConnectOptions } from "../../../gateways/hosts/kind.ts";
import { connectHost, hostSettings } from "../../../gateways/hosts/registry.ts";
import { operatorOf } from "./emulated-panel.ts";
import type { PanelUnderTest } from "./panel-contract.ts";

const writes = ["POST /api/user", "PUT /api/user/{username}", "DELETE /api/user/{username}"];

/** An emulated panel with an operator beside us; `more` is what its adapter is given. */
export async function openMarzban(more?: ConnectOptions): Promise<PanelUnderTest> {
  const account = { username: "shop", password: "secret" };
  const emulator = await startMarzbanEmulator({ port: 0, ...account });
  const { url } = emulator;
  const { control, listOnNode, ...operator } = operatorOf(url, writes);
  const settings = hostSettings.parse({ kind: "marzban", url, ...account });
  return {
    ...operator,
    settings,
    host: connectHost(settings, more),
    limitsDevices: false,
    addStranger: async (username) =>
      void (await control("/users", "POST", { username, admin: "shop" })),
    changeByHand: async (username, change) => {
      const what = { note: { note: "VIP" }, end: { expire: 0 }, disable: { status: "disabled" } };
      await control("/users", "PUT", { username, ...what[change] });
    },
    isOnNode: async (username) => (await listOnNode()).some((name) => name.includes(username)),
    close: () => emulator.close(),
  };
}
