import { startPasarGuardEmulator } from "../../../emulators/pasarguard/emulator.ts";
import type { ConnectOptions } from "../../../gateways/hosts/kind.ts";
import { connectHost, hostSettings } from "../../../gateways/hosts/registry.ts";
import { operatorOf } from "./emulated-panel.ts";
import type { PanelUnderTest } from "./panel-contract.ts";

const writes = [
  "POST /api/user",
  "PUT /api/user/by-id/{user_id}",
  "PUT /api/user/by-id/{user_id}/disabled",
  "DELETE /api/user/by-id/{user_id}",
];
const apiKey = "pg_key_00000000-0000-4000-8000-000000000002";

/** An emulated panel with an operator beside us; `more` is what its adapter is given. */
export async function openPasarGuard(more?: ConnectOptions): Promise<PanelUnderTest> {
  const emulator = await startPasarGuardEmulator({ port: 0, username: "shop", apiKey });
  const { url } = emulator;
  const { control, listOnNode, ...operator } = operatorOf(url, writes);
  const asked = await fetch(`${url}/api/groups/simple`, { headers: { "x-api-key": apiKey } });
  const { groups } = (await asked.json()) as { groups: { name: string; id: number }[] };
  const [group] = groups;
  const groupNames = [group!.name];
  const settings = hostSettings.parse({ kind: "pasarguard", url, apiKey, groups: groupNames });
  return {
    ...operator,
    settings,
    host: connectHost(settings, more),
    limitsDevices: true,
    addStranger: async (username) =>
      void (await control("/users", "POST", { username, admin: "shop", group_ids: [group!.id] })),
    changeByHand: async (username, change) => {
      const what = { note: { note: "VIP" }, end: { expire: 0 }, disable: { status: "disabled" } };
      await control("/users", "PUT", { username, ...what[change] });
    },
    isOnNode: async (username) => {
      const users = await control<{ id: number; username: string }[]>("/users");
      const id = users.find((user) => user.username === username)?.id;
      // The node knows users by their ids.
      return (await listOnNode()).some((name) => name.split(".")[0] === String(id));
    },
    close: () => emulator.close(),
  };
}
