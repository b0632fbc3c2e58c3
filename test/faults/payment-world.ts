import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { Doors } from "../../bot/doors.ts";
import { Customers } from "../../db/customers.ts";
import { migrate } from "../../db/migrate.ts";
import { type Database, openDatabase } from "../../db/orm.ts";
import { Books } from "../../db/readers/books.ts";
import { hostId, telegramId } from "../../domain/ids.ts";
import { decimalOf, money } from "../../domain/money.ts";
import { instant } from "../../domain/time.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { connectHost } from "../../gateways/vpn-host/connect.ts";
import { freePort } from "../../tools/servers/ports.ts";
import { startPostgres } from "../../tools/servers/postgres.ts";
import { taskQueue, workflowIds } from "../../workflows/contract.ts";
import type { hostReconciliation } from "../../workflows/index.ts";
import { eventually } from "../support/eventually.ts";
import { createNamespace, type TestNamespace } from "../support/namespace.ts";
import { Killable, Plant } from "../support/plant.ts";
import { Chaos } from "./chaos.ts";
import { ask } from "./edges/control.ts";
import { type Edge, type EdgeKind, type Sold, tenth } from "./edges/edge.ts";
import { devicesOf } from "./payment-books.ts";
import { PostOffice } from "./post-office.ts";
import { Ticks } from "./ticks.ts";

export const adminId = 1001;
export const plan = { code: "month", days: 30, version: 1 } as const;

/** The whole product as processes that can be killed, among gateways, a chat and a host of its own. */
export interface World {
  readonly temporal: TestNamespace;
  readonly doors: Doors;
  readonly telegramUrl: string;
  /** As the owner of all tables: to look at the books. */
  readonly owner: Database;
  /** As the worker: for customers who are there already. */
  readonly writer: Database;
  readonly edges: ReadonlyMap<string, Edge>;
  readonly post: PostOffice;
  readonly chaos: Chaos;
  readonly ticks: Ticks;
  /** What the product's own audit finds, and where the host and the books differ, by whom it is about. */
  audit(): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

export interface Finding {
  /** A payment, a subscription, a charge or a cause. */
  readonly about: string;
  readonly details: string;
}

type Endings = (() => Promise<unknown> | void)[];

/** @throws when a part does not come up; what did is taken down again. */
export async function openWorld(kinds: readonly EdgeKind[]): Promise<World> {
  const endings: Endings = [];
  const close = async () => {
    for (const end of endings.toReversed()) await end();
  };
  try {
    return { ...(await opened(kinds, endings)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function opened(kinds: readonly EdgeKind[], endings: Endings): Promise<Omit<World, "close">> {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-histories-"));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  const [base, temporal, telegram] = await Promise.all([
    openBase(folder, endings),
    createNamespace(inject("temporal").address),
    startTelegramEmulator({ port: 0, token: "123456:TEST" }),
  ]);
  endings.push(
    () => telegram.close(),
    () => temporal.connection.close(),
  );
  const post = new PostOffice(() => plant.apiUrl);
  await post.open();
  endings.push(() => post.close());
  const edges = new Map<string, Edge>();
  for (const kind of kinds) {
    const around = { webhookUrl: post.addressOf(kind.name), telegramUrl: telegram.url };
    const edge = await kind.open(around);
    edges.set(kind.name, edge);
    endings.push(() => edge.close());
  }
  const variables = [...edges.values()].map((edge) => edge.variables);
  const plant = new Plant({
    ...base.urls,
    temporalAddress: temporal.address,
    namespace: temporal.namespace,
    emulatorUrl: telegram.url,
    adminId,
    shop: Object.assign({ PLANS_FILE: plansFile(folder) }, ...variables) as NodeJS.ProcessEnv,
  });
  endings.push(() => plant.stop());
  const { owner, writer } = base;
  await arrive({ writer, telegramUrl: telegram.url }, { id: adminId, admin: true });
  await plant.host.keepAlive();
  await Promise.all([plant.worker, plant.bot, plant.api].map((part) => part.keepAlive()));
  const { worker, bot, api, host } = plant;
  const chaos = new Chaos({ worker, bot, api, host, database: base.server });
  return {
    temporal,
    doors: new Doors(temporal.client),
    telegramUrl: telegram.url,
    owner,
    writer,
    edges,
    post,
    chaos,
    ticks: new Ticks(temporal.client, chaos),
    audit: () => audit({ temporal, owner, plant }),
  };
}

const price = (currency: Sold) => decimalOf(money(10 * tenth[currency], currency));

function plansFile(folder: string): string {
  const currencies = Object.keys(tenth) as Sold[];
  const words = { en: "Month", ru: "Месяц" };
  const offered = {
    code: plan.code,
    names: words,
    descriptions: words,
    days: plan.days,
    devices: 3,
    prices: Object.fromEntries(currencies.map((currency) => [currency, price(currency)])),
  };
  const path = join(folder, "plans.json");
  writeFileSync(path, JSON.stringify([offered]));
  return path;
}

/**
 * Makes somebody known to the books and to the chat, who has pressed Start: that press is kept from the bot,
 * since a signup is not what is played here.
 */
export async function arrive(
  { writer, telegramUrl }: Pick<World, "writer" | "telegramUrl">,
  { id, admin }: { readonly id: number; readonly admin: boolean },
): Promise<void> {
  const silence = { updates: "drop", about: "message", chat_id: id, times: 1 };
  await ask(`${telegramUrl}/control/faults`, silence);
  await ask(`${telegramUrl}/person/${id}/messages`, { text: "/start" });
  const profile = { telegramId: telegramId(id), firstName: `Person ${id}` };
  const arrival = { admin, referrer: undefined, now: instant(new Date()) };
  await eventually(() => new Customers(writer.em).register(profile, arrival), 120_000, 200);
}

/** PostgreSQL of our own, so that its death is nobody else's trouble, with its roles. */
async function openBase(folder: string, endings: Endings) {
  const password = randomBytes(12).toString("hex");
  const options = { dataDir: folder, port: await freePort(), password, guarded: true };
  let ownerUrl = "";
  const server = new Killable(async () => {
    const running = await startPostgres(options);
    ownerUrl = running.url;
    return running;
  });
  endings.push(() => server.stop());
  await server.keepAlive();
  await migrate(ownerUrl, { writer: password, reader: password });
  const as = (user: string) => Object.assign(new URL(ownerUrl), { username: user }).href;
  const urls = { writerUrl: as("tollgate_writer"), readerUrl: as("tollgate_reader") };
  const [owner, writer] = await Promise.all([
    openDatabase(ownerUrl, 8),
    openDatabase(urls.writerUrl, 4),
  ]);
  endings.push(
    () => owner.close(),
    () => writer.close(),
  );
  return { server, urls, owner, writer };
}

type Audited = Pick<World, "temporal" | "owner"> & { readonly plant: Plant };

async function audit({ temporal, owner, plant }: Audited): Promise<Finding[]> {
  const disagreements = await new Books(owner.em).disagreements();
  const [host] = await owner.em.fork().execute<{ id: string }[]>("select id from hosts");
  const repair = await temporal.client.workflow.start<typeof hostReconciliation>(
    "hostReconciliation",
    {
      taskQueue,
      workflowId: `${workflowIds.hostReconciliation(hostId(host?.id ?? ""))}:audit-${Date.now()}`,
      args: [hostId(host?.id ?? "")],
    },
  );
  await repair.result();
  return [
    ...disagreements.map(({ kind, about, details }) => ({ about, details: `${kind}: ${details}` })),
    ...(await differencesOnHost(owner, plant)),
  ];
}

/** Peers that the books do not let in, and devices that are let in and not there. */
async function differencesOnHost(owner: Database, plant: Plant): Promise<Finding[]> {
  const settings = plant.settings;
  if (settings === undefined) throw new Error("the host has not been started");
  const peers = new Set((await connectHost(settings).list()).peers.map((peer) => peer.publicKey));
  const devices = await devicesOf(owner.em);
  const known = new Set(devices.map(({ publicKey }) => publicKey));
  const strangers = [...peers].filter((key) => !known.has(key));
  return [
    ...devices
      .filter(({ publicKey, letIn }) => peers.has(publicKey) !== letIn)
      .map(({ subscriptionId, letIn }) => ({
        about: subscriptionId,
        details: letIn ? "its device is not on the host" : "its device is still on the host",
      })),
    ...strangers.map((key) => ({ about: "the host", details: `a peer that nobody has: ${key}` })),
  ];
}
