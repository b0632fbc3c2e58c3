import { startRemnawaveEmulator } from "../../../emulators/remnawave/emulator.ts";
import { connectHost, hostSettings } from "../../../gateways/hosts/registry.ts";
import { operatorOf } from "./emulated-panel.ts";
import type { PanelUnderTest } from "./panel-contract.ts";

const writes = [
  "POST /users",
  "PATCH /users",
  "DELETE /users/{user}",
  "POST /users/{user}/actions/enable",
  "POST /users/{user}/actions/disable",
];
const token = "testRemnawaveToken";
const behindProxy = { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https" };

interface User {
  readonly id: number;
  readonly username: string;
}

/** An emulated panel with an operator beside us. */
export async function openRemnawave(): Promise<PanelUnderTest> {
  const emulator = await startRemnawaveEmulator({ port: 0, token, nodeLagMs: 20 });
  const { url } = emulator;
  const { control, listOnNode, ...operator } = operatorOf(url, writes, "drop-after-success");
  const [squad] = await control<{ uuid: string }[]>("/squads");
  const settings = { kind: "remnawave", url, token, squads: [squad!.uuid] };
  const list = () => control<User[]>("/users");
  /** The panel's page for operators makes these calls. */
  const asOperator = async (method: string, path: string, body?: object) => {
    const headers = { ...behindProxy, authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/api${path}`, {
      method,
      headers: { ...headers, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  };
  return {
    ...operator,
    host: connectHost(hostSettings.parse(settings)),
    limitsDevices: true,
    namesVersion: false,
    addStranger: async (username) => {
      await control("/users", "POST", { username, expireAt: "2090-01-01T00:00:00.000Z" });
    },
    changeByHand: async (username, change) => {
      const id = (await list()).find((user) => user.username === username)!.id;
      if (change === "disable") return asOperator("POST", `/users/${id}/actions/disable`);
      const what = { note: { description: "VIP" }, end: { expireAt: "2090-01-01T00:00:00.000Z" } };
      return asOperator("PATCH", "/users", { id, ...what[change] });
    },
    isOnNode: async (username) => (await listOnNode()).includes(username),
    fetchLink: (link) =>
      fetch(`${url}/api/sub/${new URL(link).pathname.slice(1)}`, { headers: behindProxy }),
    close: () => emulator.close(),
  };
}
