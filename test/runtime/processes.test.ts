import { createServer } from "node:net";
import { expect, inject, onTestFinished, test } from "vitest";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { freePort, freePorts } from "../../tools/servers/ports.ts";
import { createDatabase, newVaultKeys } from "../drivers/database.ts";
import { eventually } from "../drivers/eventually.ts";
import { createNamespace } from "../drivers/namespace.ts";
import { fetchText, launch } from "./launched.ts";

const processes = ["api", "bot", "workers"] as const;
type Process = (typeof processes)[number];

/** Where nobody listens, so that connections fail at once. */
const nowhere = {
  DATABASE_URL: "postgres://u:hunter2@127.0.0.1:1/none",
  TEMPORAL_ADDRESS: "127.0.0.1:1",
};
const tokens = { BOT_TOKEN: "123456:TEST" };
const secrets = { ENCRYPTION_KEYS: newVaultKeys(), ADMIN_IDS: "1001" };

async function createUsable(name: Process): Promise<Record<string, string>> {
  const [metrics = 0, api = 0, webhook = 0] = await freePorts(3);
  return {
    ...nowhere,
    METRICS_PORT: `${metrics}`,
    ...(name === "api" ? { API_PORT: `${api}` } : tokens),
    ...(name === "bot"
      ? { TELEGRAM_API_ROOT: "http://127.0.0.1:1", WEBHOOK_PORT: `${webhook}` }
      : {}),
    ...(name === "workers" ? { ...secrets, WORKFLOW_BUNDLE: inject("temporal").codePath } : {}),
  };
}

interface InvalidEnvironment {
  readonly what: string;
  readonly of: readonly Process[];
  readonly change: Record<string, string>;
  /** Every problem that must be named, all at once. */
  readonly named: readonly string[];
}

const broken: readonly InvalidEnvironment[] = [
  {
    what: "nothing is set",
    of: processes,
    change: { DATABASE_URL: "", TEMPORAL_ADDRESS: " " },
    named: ["DATABASE_URL", "TEMPORAL_ADDRESS"],
  },
  {
    what: "addresses are invalid",
    of: processes,
    change: { DATABASE_URL: "mysql://u:hunter2@h/d", TEMPORAL_ADDRESS: "http://hunter2:7233" },
    named: ["DATABASE_URL", "TEMPORAL_ADDRESS"],
  },
  {
    what: "numbers and texts are invalid",
    of: processes,
    change: { METRICS_PORT: "70000", LOG_LEVEL: "hunter2" },
    named: ["METRICS_PORT", "LOG_LEVEL"],
  },
  {
    what: "the token is invalid",
    of: ["bot", "workers"],
    change: { BOT_TOKEN: "hunter2", TELEGRAM_API_ROOT: "ftp://hunter2" },
    named: ["BOT_TOKEN", "TELEGRAM_API_ROOT"],
  },
  {
    what: "a webhook has no address and no secret, and the token is missing too",
    of: ["bot"],
    change: { BOT_MODE: "webhook", BOT_TOKEN: "" },
    named: ["BOT_TOKEN", "WEBHOOK_URL", "WEBHOOK_SECRET"],
  },
  {
    what: "a secret holds what Telegram refuses",
    of: ["bot"],
    change: { BOT_MODE: "webhook", WEBHOOK_SECRET: "hunter2 !", WEBHOOK_URL: "hunter2" },
    named: ["WEBHOOK_SECRET", "WEBHOOK_URL"],
  },
  {
    what: "keys, admins, hosts and days are invalid",
    of: ["workers"],
    change: {
      ENCRYPTION_KEYS: "k1:hunter2",
      ADMIN_IDS: "hunter2",
      HOSTS_FILE: "/nonexistent/hosts.json",
      TRIAL_DAYS: "-1",
      AUTO_APPROVE: "hunter2",
    },
    named: ["ENCRYPTION_KEYS", "ADMIN_IDS", "HOSTS_FILE", "TRIAL_DAYS", "AUTO_APPROVE"],
  },
  {
    what: "the demo's parts are invalid",
    of: ["api"],
    change: {
      DEMO_TELEGRAM_URL: "hunter2",
      DEMO_ADMIN_ID: "hunter2",
      DEMO_VPN_HOST: "hunter2",
      DEMO_GATEWAYS: "hunter2",
    },
    named: ["DEMO_TELEGRAM_URL", "DEMO_ADMIN_ID", "DEMO_VPN_HOST", "DEMO_GATEWAYS"],
  },
];

const cases = broken.flatMap(({ of, ...rest }) => of.map((name) => ({ name, ...rest })));

test.each(cases)(
  "$name says all at once when $what, and starts nothing",
  async ({ name, change, named }) => {
    const launched = launch(name, { ...(await createUsable(name)), ...change });
    expect(await launched.ended).toBe(1);
    const lines = launched.complaint().trimEnd().split("\n");
    expect(lines[0]).toMatch(/the environment is not usable/u);
    expect(lines.at(-1)).toMatch(/Nothing was started/u);
    const listed = lines.slice(1, -1).map((line) => /^ {2}- ([A-Z_]+): \S/u.exec(line)?.[1]);
    expect(new Set(listed)).toEqual(new Set(named));
    expect(launched.complaint()).not.toContain("hunter2");
    expect(launched.out()).toBe("");
  },
);

test.each(processes)("%s says which port is taken", async (name) => {
  const holder = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void holder.close());
  await new Promise((resolve) => holder.once("listening", resolve));
  const { port } = holder.address() as { port: number };
  const launched = launch(name, { ...(await createUsable(name)), METRICS_PORT: `${port}` });
  expect(await launched.ended).toBe(1);
  expect(launched.complaint()).toBe(`Error: METRICS_PORT: port ${port} is taken: choose another\n`);
});

test("each process starts without its servers, reports which are unavailable, and stops on request", () =>
  Promise.all(processes.map(startAlone)));

async function startAlone(name: Process): Promise<void> {
  const env = await createUsable(name);
  const launched = launch(name, env);
  const at = `http://127.0.0.1:${env["METRICS_PORT"]}`;
  await eventually(async () => expect((await fetchText(`${at}/healthz`)).status).toBe(200));
  const { status, text } = await fetchText(`${at}/readyz`);
  expect(status).toBe(503);
  expect(JSON.parse(text)).toMatchObject({
    status: "not ready",
    parts: { database: "unavailable", temporal: "unavailable" },
  });
  expect((await fetchText(`${at}/metrics`)).text).toMatch(/process_cpu_seconds_total/u);
  expect((await fetchText(`${at}/other`)).status).toBe(404);
  launched.child.kill("SIGTERM");
  expect(await launched.ended).toBe(0);
  expect(launched.out() + launched.complaint()).not.toContain("hunter2");
}

test("with its servers each process is ready, and names the one that becomes unavailable", async () => {
  const [urls, temporal] = await Promise.all([createDatabase(), createNamespace()]);
  onTestFinished(() => temporal.connection.close());
  const telegram = await startTelegramEmulator({ port: 0, token: tokens.BOT_TOKEN });
  onTestFinished(() => telegram.close().catch(() => undefined));
  const servers = {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    DATABASE_URL: urls.readerUrl,
  };
  const started = await Promise.all(
    processes.map(async (name) => {
      const own = { ...(await createUsable(name)), ...servers };
      const more = {
        ...(name === "workers" ? { DATABASE_URL: urls.writerUrl } : {}),
        ...(name === "api" ? {} : { TELEGRAM_API_ROOT: telegram.url }),
      };
      const env: Record<string, string> = { ...own, ...more };
      return {
        name,
        env,
        launched: launch(name, env),
        at: `http://127.0.0.1:${env["METRICS_PORT"]}`,
      };
    }),
  );
  for (const { at } of started) {
    await eventually(async () =>
      expect(await fetchText(`${at}/readyz`)).toMatchObject({ status: 200 }),
    );
  }
  const bot = started.find(({ name }) => name === "bot")!;
  const parts = async () => JSON.parse((await fetchText(`${bot.at}/readyz`)).text) as object;
  await telegram.close();
  await eventually(async () =>
    expect(await parts()).toEqual({
      status: "not ready",
      parts: { database: "ok", temporal: "ok", telegram: "unavailable" },
    }),
  );
  for (const { launched } of started) launched.child.kill("SIGTERM");
  for (const { launched } of started) expect(await launched.ended).toBe(0);
}, 120_000);

test("the bot reports a webhook port that is taken", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void holder.close());
  await new Promise((resolve) => holder.once("listening", resolve));
  const { port } = holder.address() as { port: number };
  const webhook = {
    BOT_MODE: "webhook",
    WEBHOOK_URL: "https://example.org/x",
    WEBHOOK_SECRET: "s",
  };
  const env = { ...(await createUsable("bot")), ...webhook, WEBHOOK_PORT: `${port}` };
  const launched = launch("bot", env);
  expect(await launched.ended).toBe(1);
  expect(launched.complaint()).toBe(`Error: WEBHOOK_PORT: port ${port} is taken: choose another\n`);
});

test("the api reports a port that is taken", async () => {
  const port = await freePort();
  const holder = createServer().listen(port, "127.0.0.1");
  onTestFinished(() => void holder.close());
  await new Promise((resolve) => holder.once("listening", resolve));
  const launched = launch("api", { ...(await createUsable("api")), API_PORT: `${port}` });
  expect(await launched.ended).toBe(1);
  expect(launched.complaint()).toBe(`Error: API_PORT: port ${port} is taken: choose another\n`);
});
