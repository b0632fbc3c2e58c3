import { expect, onTestFinished, test } from "vitest";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { startMarzbanEmulator } from "../../../emulators/marzban/emulator.ts";
import { startPasarGuardEmulator } from "../../../emulators/pasarguard/emulator.ts";
import { startRemnawaveEmulator } from "../../../emulators/remnawave/emulator.ts";
import { startXuiEmulator } from "../../../emulators/x-ui/emulator.ts";
import { hostTroubles } from "../../../domain/access/host-report.ts";
import { languages } from "../../../domain/people/customer.ts";
import { hostSettings } from "../../../gateways/hosts/registry.ts";
import { testHost } from "../../../gateways/hosts/test-host.ts";
import { textsIn } from "../../../texts/index.ts";
import { freePort } from "../../../tools/servers/ports.ts";

const account = { username: "shop", password: "secretOfTheShop" };
const apiKey = "pg_key_00000000-0000-4000-8000-000000000002";
const token = "testToken";
const subscriptionUrl = "http://127.0.0.1:1/sub";
const absentSquad = "3c9b1f0e-0000-4000-8000-000000000000";
const wrong = "wrongSecret123456";

/** A panel of one kind: settings that are right, and what makes them wrong, by what that is. */
interface Case {
  readonly kind: string;
  readonly open: () => Promise<{ readonly url: string; close(): Promise<void> }>;
  readonly settings: (url: string) => Promise<object>;
  readonly wrong: Readonly<Partial<Record<string, object>>>;
}

const askJson = async <Answer>(url: string, headers = {}): Promise<Answer> =>
  (await (await fetch(url, { headers })).json()) as Answer;

const cases: readonly Case[] = [
  {
    kind: "marzban",
    open: () => startMarzbanEmulator({ port: 0, ...account }),
    settings: async (url) => ({ kind: "marzban", url, ...account }),
    wrong: { credentials: { password: wrong }, servers: { inbounds: { vless: ["NO SUCH"] } } },
  },
  {
    kind: "pasarguard",
    open: () => startPasarGuardEmulator({ port: 0, username: "shop", apiKey }),
    settings: async (url) => {
      const asked = askJson<{ groups: { name: string }[] }>(`${url}/api/groups/simple`, {
        "x-api-key": apiKey,
      });
      return { kind: "pasarguard", url, apiKey, groups: [(await asked).groups[0]!.name] };
    },
    wrong: { credentials: { apiKey: `pg_key_${wrong}` }, servers: { groups: ["nobody"] } },
  },
  {
    kind: "remnawave",
    open: () => startRemnawaveEmulator({ port: 0, token }),
    settings: async (url) => {
      const [squad] = await askJson<{ uuid: string }[]>(`${url}/control/squads`);
      return { kind: "remnawave", url, token, squads: [squad!.uuid] };
    },
    wrong: { credentials: { token: wrong }, servers: { squads: [absentSquad] } },
  },
  {
    kind: "3x-ui",
    open: () => startXuiEmulator({ port: 0, subscriptionPort: 0, token }),
    settings: async (url) => ({ kind: "3x-ui", url, token, inbounds: [1], subscriptionUrl }),
    wrong: { credentials: { token: wrong }, servers: { inbounds: [99] } },
  },
];

const report = (settings: object) => testHost(hostSettings.parse(settings));
const troublesOf = async (settings: object) =>
  (await report(settings)).findings.map(({ trouble }) => trouble);

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((listening) => server.once("listening", listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each(cases)(
  "$kind: each wrong setting is named by what is wrong with it, and none is shown",
  async ({ open, settings, wrong: mistakes }) => {
    const panel = await open();
    onTestFinished(() => panel.close());
    const right = await settings(panel.url);
    expect(await report(right)).toMatchObject({ isUsable: true, findings: [] });
    for (const [trouble, change] of Object.entries(mistakes)) {
      const found = await report({ ...right, ...change });
      expect(found.findings.map((one) => one.trouble)).toEqual([trouble]);
      expect(JSON.stringify(found)).not.toContain(wrong);
    }
    const closed = `http://127.0.0.1:${await freePort()}`;
    expect(await troublesOf({ ...right, url: closed })).toEqual(["port"]);
    expect(await troublesOf({ ...right, url: "https://no-such-host.invalid" })).toEqual(["dns"]);
    const noTls = panel.url.replace("http:", "https:");
    expect(await troublesOf({ ...right, url: noTls })).toEqual(["tls"]);
    const page = await serve((_, response) => response.end("<html>nginx</html>"));
    expect(await troublesOf({ ...right, url: page })).toEqual(["url"]);
  },
);

test("a token without the rights that are needed, and a panel that is too old, are named", async () => {
  const panel = await startRemnawaveEmulator({ port: 0, token });
  const old = await startRemnawaveEmulator({ port: 0, token, version: "2" });
  onTestFinished(async () => void (await Promise.all([panel.close(), old.close()])));
  const settings = { kind: "remnawave", url: old.url, token, squads: [absentSquad] };
  expect(await troublesOf(settings)).toEqual(["version"]);
  const denied = await serve((_, response) => {
    response.writeHead(403, { "content-type": "application/json" }).end('"Forbidden"');
  });
  expect(await troublesOf({ ...settings, url: denied })).toEqual(["rights"]);
});

test("every trouble has a name and what to do in each language", () => {
  for (const language of languages) {
    const { troubles } = textsIn(language).operations.hosts;
    expect(Object.keys(troubles).toSorted()).toEqual([...hostTroubles].toSorted());
  }
});
