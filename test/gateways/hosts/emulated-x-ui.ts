import { startXuiEmulator } from "../../../emulators/x-ui/emulator.ts";
import { connectHost, hostSettings } from "../../../gateways/hosts/registry.ts";
import { operatorOf } from "./emulated-panel.ts";
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

/** An emulated panel with an operator beside us. */
export async function openXui(): Promise<PanelUnderTest> {
  const emulator = await startXuiEmulator({
    port: 0,
    subscriptionPort: 0,
    token,
    writeMsPerClient: 0,
  });
  const { url } = emulator;
  const { control, listOnNode, ...operator } = operatorOf(url, writes, "drop-after-success");
  const { subscription_url: links } = await control<{ subscription_url: string }>("/info");
  const subscriptionUrl = `${links.replace(/\/+$/u, "")}/sub`;
  const settings = { kind: "3x-ui", url, token, inbounds: [1], subscriptionUrl };
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
    ...operator,
    host: connectHost(hostSettings.parse(settings)),
    limitsDevices: true,
    addStranger: async (email) => {
      await control("/users", "POST", { client: { email, subId: `sub${email}` }, inboundIds: [1] });
    },
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
    carry: async (username, bytes) => {
      const down = Math.floor(bytes / 4);
      await control("/traffic", "POST", {
        username,
        up: bytes - down,
        bytes: down,
        recorded: true,
      });
    },
    isOnNode: async (email) => (await listOnNode()).includes(email),
    close: () => emulator.close(),
  };
}
