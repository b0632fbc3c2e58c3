import { startMarzbanEmulator } from "../../../emulators/marzban/emulator.ts";
import { connectHost, hostSettings } from "../../../gateways/hosts/registry.ts";
import { panelContract, type PanelUnderTest, type WriteFault } from "./panel-contract.ts";

const faults = {
  "500 after success": "500-after-success",
  "dropped after success": "drop-connection",
  "500": "500",
  "502": "502",
} as const satisfies Record<WriteFault, string>;

const writes = ["POST /api/user", "PUT /api/user/{username}", "DELETE /api/user/{username}"];

async function openMarzban(): Promise<PanelUnderTest> {
  const emulator = await startMarzbanEmulator({ port: 0, username: "shop", password: "secret" });
  const control = async <Answer>(path: string, method = "GET", body?: object): Promise<Answer> => {
    const response = await fetch(`${emulator.url}/control${path}`, {
      method,
      ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer as Answer;
  };
  const settings = hostSettings.parse({
    kind: "marzban",
    url: emulator.url,
    username: "shop",
    password: "secret",
  });
  const list = () => control<{ username: string }[]>("/users");
  return {
    host: connectHost(settings),
    limitsDevices: false,
    listNames: async () => (await list()).map(({ username }) => username),
    addStranger: async (username) =>
      void (await control("/users", "POST", { username, admin: "shop" })),
    deleteByHand: async (username) => void (await control("/users/delete", "POST", { username })),
    changeByHand: async (username, change) => {
      const what = { note: { note: "VIP" }, end: { expire: 0 }, disable: { status: "disabled" } };
      await control("/users", "PUT", { username, ...what[change] });
    },
    carry: async (username, bytes) =>
      void (await control("/traffic", "POST", { username, bytes, recorded: true })),
    advance: async (ms) => void (await control("/advance", "POST", { ms })),
    isOnNode: async (username) => {
      const { lets_in } = await control<{ lets_in: Record<string, unknown> }>("/node");
      return Object.keys(lets_in).some((name) => name.includes(username));
    },
    breakWrites: async (fault, times) => {
      await control("/faults", "DELETE");
      if (times === 0) return;
      for (const method of writes) {
        await control("/faults", "POST", { kind: faults[fault], method, times });
      }
    },
    backUp: async () => {
      const { id } = await control<{ id: number }>("/snapshot", "POST", {});
      return async () => void (await control("/restore", "POST", { id }));
    },
    countWrites: async () => {
      const calls = await control<{ method: string }[]>("/calls");
      return calls.filter(({ method }) => writes.includes(method)).length;
    },
    close: () => emulator.close(),
  };
}

panelContract("Marzban", openMarzban);
