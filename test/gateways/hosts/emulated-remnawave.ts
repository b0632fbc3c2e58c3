import { startRemnawaveEmulator } from "../../../emulators/remnawave/emulator.ts";
import type { ConnectOptions } from "../../../gateways/hosts/kind.ts";
import { connectHost, hostSettings } from "../../../gateways/hosts/registry.ts";
import { controlOf, writesOf } from "./emulated-panel.ts";
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

/** An emulated panel with an operator beside us; `more` is what its adapter is given. */
export async function openRemnawave(more?: ConnectOptions): Promise<PanelUnderTest> {
  const emulator = await startRemnawaveEmulator({ port: 0, token, nodeLagMs: 20 });
  const { url } = emulator;
  const control = controlOf(url);
  const [squad] = await control<{ uuid: string }[]>("/squads");
  const squads = [squad!.uuid];
  const settings = hostSettings.parse({ kind: "remnawave", url, token, squads });
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
    ...writesOf(control, { writes, dropped: "drop-after-success" }),
    settings,
    host: connectHost(settings, more),
    limitsDevices: true,
    namesVersion: false,
    listNames: async () => (await list()).map(({ username }) => username),
    addStranger: async (username) => {
      await control("/users", "POST", { username, expireAt: "2090-01-01T00:00:00.000Z" });
    },
    deleteByHand: async (username) =>
      void (await control("/delete", "POST", { usernames: [username] })),
    changeByHand: async (username, change) => {
      const id = (await list()).find((user) => user.username === username)!.id;
      if (change === "disable") return asOperator("POST", `/users/${id}/actions/disable`);
      const what = { note: { description: "VIP" }, end: { expireAt: "2090-01-01T00:00:00.000Z" } };
      return asOperator("PATCH", "/users", { id, ...what[change] });
    },
    carry: async (username, bytes) => {
      await control("/traffic", "POST", { username, bytes });
      // The panel reads its nodes' counters every fifteen seconds.
      await control("/clock", "POST", { advance_ms: 16_000 });
    },
    advance: async (ms) => void (await control("/clock", "POST", { advance_ms: ms })),
    isOnNode: async (username) => {
      const { lets_in: users } = await control<{ lets_in: User[] }>("/node");
      return users.some((user) => user.username === username);
    },
    backUp: async () => {
      const name = crypto.randomUUID();
      await control("/snapshots", "POST", { name });
      return async () => void (await control("/restore", "POST", { name }));
    },
    fetchLink: (link) =>
      fetch(`${url}/api/sub/${new URL(link).pathname.slice(1)}`, { headers: behindProxy }),
    close: () => emulator.close(),
  };
}
