import { startXuiEmulator } from "../../../emulators/x-ui/emulator.ts";
import type { ConnectOptions } from "../../../gateways/hosts/kind.ts";
import { connectHost, hostSettings } from "../../../gateways/hosts/registry.ts";
import { controlOf, writesOf } from "./emulated-panel.ts";
import type { PanelUnderTest } from "./panel-contract.ts";

const writes = [
  "POST /clients/add",
  "POST /clients/update/{email}",
  "POST /clients/bulkDisable",
  "POST /clients/del/{email}",
];
const token = "testXuiToken";

interface Client {
  readonly email: string;
  readonly uuid: string;
}

/** An emulated panel with an operator beside us; `more` is what its adapter is given. */
export async function openXui(more?: ConnectOptions): Promise<PanelUnderTest> {
  const emulator = await startXuiEmulator({
    port: 0,
    subscriptionPort: 0,
    token,
    writeMsPerClient: 0,
  });
  const { url } = emulator;
  const control = controlOf(url);
  const { subscription_url: links } = await control<{ subscription_url: string }>("/info");
  const subscriptionUrl = `${links.replace(/\/+$/u, "")}/sub`;
  const own = { kind: "3x-ui", url, token, inbounds: [1], subscriptionUrl };
  const settings = hostSettings.parse(own);
  const list = () => control<Client[]>("/users");
  /** The panel's page for operators makes these calls. */
  const asOperator = async (path: string, body: object) => {
    const answer = await fetch(`${url}/panel/api${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const { success, msg } = (await answer.json()) as { success: boolean; msg: string };
    if (!success) throw new Error(`${path}: ${msg}`);
  };
  return {
    ...writesOf(control, { writes, dropped: "drop-after-success" }),
    settings,
    host: connectHost(settings, more),
    limitsDevices: true,
    listNames: async () => (await list()).map(({ email }) => email),
    addStranger: async (email) => {
      await control("/users", "POST", { client: { email, subId: `sub${email}` }, inboundIds: [1] });
    },
    deleteByHand: async (email) => void (await control("/delete", "POST", { emails: [email] })),
    changeByHand: async (email, change) => {
      if (change === "disable") return asOperator("/clients/bulkDisable", { emails: [email] });
      const client = (await list()).find((one) => one.email === email)!;
      const what = { note: { comment: "VIP" }, end: { expiryTime: 0 } };
      return asOperator(`/clients/update/${email}`, {
        ...client,
        id: client.uuid,
        ...what[change],
      });
    },
    carry: async (email, bytes) => {
      const down = Math.floor(bytes / 4);
      await control("/traffic", "POST", { email, up: bytes - down, down });
      // The panel reads its core's counters every five seconds.
      await control("/clock", "POST", { advance_ms: 6_000 });
    },
    advance: async (ms) => void (await control("/clock", "POST", { advance_ms: ms })),
    isOnNode: async (email) => {
      const { lets_in: clients } = await control<{ lets_in: Client[] }>("/node");
      return clients.some((client) => client.email === email);
    },
    backUp: async () => {
      const name = crypto.randomUUID();
      await control("/snapshots", "POST", { name });
      return async () => void (await control("/restore", "POST", { name }));
    },
    close: () => emulator.close(),
  };
}
