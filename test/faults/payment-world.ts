import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { migrate } from "../../db/migrate.ts";
import { type Database, openDatabase, queriesOf } from "../../db/orm.ts";
import { Customers } from "../../db/people/customers.ts";
import { type HostId, telegramId } from "../../domain/ids.ts";
import { decimalOf, money } from "../../domain/money.ts";
import type { GatewayName, PaymentId } from "../../domain/payments/payment.ts";
import { instant } from "../../domain/time.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { freePort } from "../../tools/servers/ports.ts";
import { startPostgres } from "../../tools/servers/postgres.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { createNamespace, type TestNamespace } from "../drivers/namespace.ts";
import { Killable, Processes } from "../drivers/processes.ts";
import { Chaos } from "./chaos.ts";
import { ask } from "./gateway-drivers/control.ts";
import {
  type GatewayDriver,
  type GatewayDriverKind,
  type Sold,
  tenth,
} from "./gateway-drivers/gateway-driver.ts";
import { type Reconciler, type SoldPlan, soldPlans } from "./payment-history.ts";
import type { Finding } from "./rights.ts";
import { Sparing } from "./sparing.ts";
import { WebhookProxy } from "./webhook-proxy.ts";
import { auditWorld, leftAside } from "./world-audit.ts";

export const adminId = 1001;

/** The whole product as processes that can be killed, among gateways, a chat and a host of its own. */
export interface FaultWorld {
  readonly temporal: TestNamespace;
  readonly client: DurableClient;
  readonly telegramUrl: string;
  /** As the owner of all tables: to look at the books. */
  readonly owner: Database;
  /** As the worker: for customers who are there already. */
  readonly writer: Database;
  readonly edges: ReadonlyMap<string, GatewayDriver>;
  readonly post: WebhookProxy;
  readonly plant: Processes;
  readonly chaos: Chaos;
  /** Has a gateway read now. Whoever asks together asks once. */
  check(gateway: string): Promise<void>;
  /** An operator ends a reconciler: everybody's, so whoever does it soon after somebody has does nothing. */
  endReconciler(what: Reconciler, gateway: string): Promise<void>;
  /** Whether something about these payments is put aside. */
  isAside(payments: readonly PaymentId[]): Promise<boolean>;
  /** What the product's own audit finds, and where the host and the books differ, by whom it is about. */
  audit(): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

type Endings = (() => Promise<unknown> | void)[];

/** With room for `otherCapacity` on another host. @throws when a part does not come up; what did is taken down again. */
export async function openWorld(
  kinds: readonly GatewayDriverKind[],
  otherCapacity: number,
): Promise<FaultWorld> {
  const endings: Endings = [];
  const close = async () => {
    for (const end of endings.toReversed()) await end();
  };
  try {
    return { ...(await opened(kinds, otherCapacity, endings)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function opened(
  kinds: readonly GatewayDriverKind[],
  otherCapacity: number,
  endings: Endings,
): Promise<Omit<FaultWorld, "close">> {
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
  const post = new WebhookProxy(() => plant.apiUrl);
  await post.open();
  endings.push(() => post.close());
  const edges = new Map<string, GatewayDriver>();
  for (const kind of kinds) {
    const around = { webhookUrl: post.addressOf(kind.name), telegramUrl: telegram.url };
    const edge = await kind.open(around);
    edges.set(kind.name, edge);
    endings.push(() => edge.close());
  }
  const variables = [...edges.values()].map((edge) => edge.variables);
  const plant = new Processes({
    ...base.urls,
    temporalAddress: temporal.address,
    namespace: temporal.namespace,
    emulatorUrl: telegram.url,
    adminId,
    otherCapacity,
    shop: Object.assign({ PLANS_FILE: plansFile(folder) }, ...variables) as NodeJS.ProcessEnv,
  });
  endings.push(() => plant.stop());
  const { owner, writer } = base;
  await arrive({ writer, telegramUrl: telegram.url }, { id: adminId, admin: true });
  await plant.host.keepAlive();
  await plant.otherHost.keepAlive();
  await Promise.all([plant.worker, plant.bot, plant.api].map((part) => part.keepAlive()));
  const { worker, bot, api, host, otherHost } = plant;
  const chaos = new Chaos({ worker, bot, api, host, otherHost, database: base.server });
  return {
    temporal,
    client: new DurableClient(temporal.client),
    telegramUrl: telegram.url,
    owner,
    writer,
    edges,
    post,
    plant,
    chaos,
    check: checkerOf(temporal),
    endReconciler: enderOf(temporal, owner),
    isAside: (payments) => isAside(owner, payments),
    audit: () => auditWorld({ temporal, owner, plant, edges }),
  };
}

/** A gateway that was just asked to be read is not asked again. */
const checkEveryMs = 700;

function checkerOf({ client }: TestNamespace): FaultWorld["check"] {
  const sparing = new Sparing(checkEveryMs);
  return async (gateway) => {
    if (!sparing.isDue(gateway)) return;
    const reconciler = client.workflow.getHandle(workflowIds.gateway(gateway as GatewayName));
    await eventually(() => reconciler.signal("checkNow"), 120_000, 200);
  };
}

/** One that was ended begins again within a minute. */
const endEveryMs = 60_000;

function enderOf({ client }: TestNamespace, owner: Database): FaultWorld["endReconciler"] {
  const sparing = new Sparing(endEveryMs);
  const idOf = async (what: Reconciler, gateway: string): Promise<string> => {
    if (what === "messages") return workflowIds.messages;
    if (what === "gateway") return workflowIds.gateway(gateway as GatewayName);
    const query = queriesOf(owner.em.fork()).selectFrom("hosts").select("id").orderBy("name");
    const { id } = await eventually(() => query.executeTakeFirstOrThrow(), 120_000, 200);
    return workflowIds.host(id as HostId);
  };
  return async (what, gateway) => {
    const id = await idOf(what, gateway);
    if (!sparing.isDue(id)) return;
    const reconciler = client.workflow.getHandle(id);
    await reconciler.terminate("an operator did so").catch(() => undefined);
  };
}

async function isAside(owner: Database, payments: readonly PaymentId[]): Promise<boolean> {
  const aside = await leftAside(owner);
  return aside.some(({ about, details }) =>
    payments.some((id) => `${about} ${details}`.includes(id)),
  );
}

const price = (currency: Sold, tenths: number) =>
  decimalOf(money(tenths * tenth[currency], currency));

function plansFile(folder: string): string {
  const currencies = Object.keys(tenth) as Sold[];
  const offered = (Object.entries(soldPlans) as [SoldPlan, number][]).map(([code, tenths]) => ({
    code,
    names: { en: code, ru: code },
    descriptions: { en: `The plan ${code}`, ru: `Тариф ${code}` },
    days: 30,
    devices: 3,
    prices: Object.fromEntries(currencies.map((currency) => [currency, price(currency, tenths)])),
  }));
  const path = join(folder, "plans.json");
  writeFileSync(path, JSON.stringify(offered));
  return path;
}

/**
 * Makes somebody known to the books and to the chat, who has pressed Start: that press is kept from the bot,
 * since a signup is not what is played here.
 */
export async function arrive(
  { writer, telegramUrl }: Pick<FaultWorld, "writer" | "telegramUrl">,
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
