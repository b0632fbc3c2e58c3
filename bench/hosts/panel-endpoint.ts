import { join } from "node:path";
import { connectHost, hostSettings } from "../../gateways/hosts/registry.ts";
import { launch, type Running } from "../../tools/servers/process.ts";
import { type Endpoint, endpointOf } from "./endpoint.ts";

const token = "benchPanelToken";
const account = { username: "shop", password: "benchPanelPassword" };
const apiKey = "pg_key_00000000-0000-4000-8000-000000000003";

/** How a panel is started and what its adapter is told of it. */
interface PanelStart {
  readonly name: string;
  /** Its folder in `emulators/`. */
  readonly emulator: string;
  readonly env: Readonly<Record<string, string>>;
  /** Its settings beside `kind` and `url`. */
  readonly findSettings: (url: string) => Promise<object>;
}

/** Each kind of panel, by the `kind` in its settings. */
const panels = {
  marzban: {
    name: "Marzban",
    emulator: "marzban",
    env: {
      MARZBAN_EMULATOR_PORT: "0",
      MARZBAN_USERNAME: account.username,
      MARZBAN_PASSWORD: account.password,
    },
    findSettings: async () => account,
  },
  pasarguard: {
    name: "PasarGuard",
    emulator: "pasarguard",
    env: { PASARGUARD_EMULATOR_PORT: "0", PASARGUARD_API_KEY: apiKey },
    findSettings: async (url) => {
      const headers = { "x-api-key": apiKey };
      const { groups } = await askJson<{ groups: { name: string }[] }>(`${url}/api/groups/simple`, {
        headers,
      });
      return { apiKey, groups: groups.slice(0, 1).map(({ name }) => name) };
    },
  },
  remnawave: {
    name: "Remnawave",
    emulator: "remnawave",
    env: { REMNAWAVE_EMULATOR_PORT: "0", REMNAWAVE_TOKEN: token },
    findSettings: async (url) => {
      const squads = await askJson<{ uuid: string }[]>(`${url}/control/squads`);
      return { token, squads: squads.slice(0, 1).map(({ uuid }) => uuid) };
    },
  },
  "3x-ui": {
    name: "3x-ui",
    emulator: "x-ui",
    env: {
      X_UI_EMULATOR_PORT: "0",
      X_UI_EMULATOR_SUBSCRIPTION_PORT: "0",
      X_UI_TOKEN: token,
      X_UI_EMULATOR_WRITE_MS_PER_CLIENT: process.env["X_UI_EMULATOR_WRITE_MS_PER_CLIENT"] ?? "0",
    },
    findSettings: async (url) => {
      const info = await askJson<{ subscription_url: string }>(`${url}/control/info`);
      const subscriptionUrl = `${info.subscription_url.replace(/\/+$/u, "")}/sub`;
      return { token, inbounds: [1], subscriptionUrl };
    },
  },
} satisfies Record<string, PanelStart>;

/** The kinds of panels that can be measured. */
export type PanelKind = keyof typeof panels;
/** All kinds of panels. */
export const panelKinds = Object.keys(panels) as readonly PanelKind[];

/**
 * Starts an emulated panel as a process of its own, so that its time is not ours.
 * @throws Error when it does not start.
 */
export async function openPanel(kind: PanelKind): Promise<Endpoint> {
  const { name, emulator, env, findSettings }: PanelStart = panels[kind];
  const { url, running } = await startEmulator(emulator, env);
  const settings = hostSettings.parse({ kind, url, ...(await findSettings(url)) });
  const asEmpty = { name: "empty" };
  await askJson(`${url}/control/snapshots`, post(asEmpty));
  return endpointOf(connectHost(settings), {
    name,
    settings,
    findPid: () => running.pid,
    empty: async () => void (await askJson(`${url}/control/restore`, post(asEmpty))),
    close: () => running.stop(),
  });
}

async function startEmulator(
  emulator: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; readonly running: Running }> {
  const started = Promise.withResolvers<string>();
  let output = "";
  const running = await launch({
    command: process.execPath,
    args: [join(import.meta.dirname, "../../emulators/start.ts"), emulator],
    env: { PATH: process.env["PATH"], ...env },
    endsWithParent: true,
    onOutput: (chunk) => {
      output += chunk;
      const url = /ready on (\S+)\n/u.exec(output)?.[1];
      if (url !== undefined) started.resolve(url);
    },
  });
  void running.exited.then((ending) =>
    started.reject(new Error(`${emulator} ended while it started (${ending}): ${output}`)),
  );
  return { url: await started.promise, running };
}

const post = (body: object): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

async function askJson<Answer>(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as Answer;
}
