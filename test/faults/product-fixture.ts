import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import * as z from "zod";
import { DurableClient } from "../../client/durable.ts";
import { migrate } from "../../db/migrate.ts";
import { type Database, openDatabase, queriesOf } from "../../db/orm.ts";
import { Customers } from "../../db/people/customers.ts";
import { type HostId, telegramId } from "../../domain/ids.ts";
import { decimalOf, money } from "../../domain/money.ts";
import { gatewayName, type PaymentId } from "../../domain/payments/payment.ts";
import { instant } from "../../domain/time.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { connectWebhooks, webhookEnvironment } from "../../gateways/payments/webhooks.ts";
import { freePort } from "../../tools/servers/ports.ts";
import { startPostgres } from "../../tools/servers/postgres.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { createNamespace, type TestNamespace } from "../drivers/namespace.ts";
import { Killable, Processes } from "../drivers/processes.ts";
import { ask } from "./gateway-drivers/control.ts";
import {
  type GatewayDriver,
  type GatewayDriverKind,
  type SoldCurrency,
  tenth,
} from "./gateway-drivers/gateway-driver.ts";
import { PartKiller } from "./part-killer.ts";
import { EmptiedHosts } from "./emptied-hosts.ts";
import { Panels } from "./panels.ts";
import { addOnTenths, type Reconciler, type SoldPlan, soldPlans } from "./payment-history.ts";
import { auditProduct, listQuarantined } from "./product-audit.ts";
import type { Finding } from "./rights.ts";
import { Throttle } from "./throttle.ts";
import { WebhookProxy } from "./webhook-proxy.ts";

/** The admin's Telegram id. */
export const adminId = 1001;

/**
 * The whole product as processes that can be killed, with emulated gateways and Telegram,
 * and real hosts.
 */
export interface ProductFixture {
  readonly temporal: TestNamespace;
  readonly client: DurableClient;
  readonly telegramUrl: string;
  /** Opened as the owner of all tables: to read the books. */
  readonly owner: Database;
  /** Opened as the worker: to create customers. */
  readonly writer: Database;
  readonly gateways: ReadonlyMap<string, GatewayDriver>;
  readonly webhooks: WebhookProxy;
  readonly processes: Processes;
  readonly killer: PartKiller;
  readonly panels: Panels;
  readonly emptied: EmptiedHosts;
  /** Has a gateway read now; calls that follow each other closely are one. */
  check(gateway: string): Promise<void>;
  /** Terminates a reconciler, at most once a minute: all histories share it. */
  endReconciler(what: Reconciler, gateway: string): Promise<void>;
  /** Whether something about these payments is quarantined. */
  isAside(payments: readonly PaymentId[]): Promise<boolean>;
  /**
   * What the product's audit finds, and where the books differ from hosts, gateways and Temporal.
   */
  audit(): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

/**
 * Starts everything; the other host has room for `otherCapacity` devices.
 * @throws when a part does not come up; the others are stopped then.
 */
export async function openProduct(
  kinds: readonly GatewayDriverKind[],
  otherCapacity: number,
): Promise<ProductFixture> {
  const cleanup = new AsyncDisposableStack();
  const close = () => cleanup.disposeAsync();
  try {
    return { ...(await openAll(kinds, otherCapacity, cleanup)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openAll(
  kinds: readonly GatewayDriverKind[],
  otherCapacity: number,
  cleanup: AsyncDisposableStack,
): Promise<Omit<ProductFixture, "close">> {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-histories-"));
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
  const [base, panels, temporal, telegram] = await Promise.all([
    openDatabases(folder, cleanup),
    Panels.open(),
    createNamespace(inject("temporal").address),
    startTelegramEmulator({ port: 0, token: "123456:TEST" }),
  ]);
  cleanup.defer(() => panels.close());
  cleanup.defer(() => telegram.close());
  cleanup.defer(() => temporal.connection.close());
  const webhooks = new WebhookProxy(() => processes.apiUrl);
  await webhooks.open();
  cleanup.defer(() => webhooks.close());
  const gateways = new Map<string, GatewayDriver>();
  for (const kind of kinds) {
    const around = { webhookUrl: webhooks.addressOf(kind.name), telegramUrl: telegram.url };
    const gateway = await kind.open(around);
    gateways.set(kind.name, gateway);
    cleanup.defer(() => gateway.close());
  }
  const variables = [...gateways.values()].map((gateway) => gateway.variables);
  const proofs = z.object(webhookEnvironment).parse(Object.assign({}, ...variables));
  webhooks.expect(connectWebhooks(proofs).readers);
  const processes = new Processes({
    ...base.urls,
    temporalAddress: temporal.address,
    namespace: temporal.namespace,
    emulatorUrl: telegram.url,
    adminId,
    otherCapacity,
    moreHosts: panels.settings,
    shop: Object.assign({ PLANS_FILE: plansFile(folder) }, ...variables) as NodeJS.ProcessEnv,
  });
  cleanup.defer(() => processes.stop());
  const { owner, writer } = base;
  await arrive({ writer, telegramUrl: telegram.url }, { id: adminId, admin: true });
  await processes.host.keepAlive();
  await processes.otherHost.keepAlive();
  await Promise.all(
    [processes.worker, processes.bot, processes.api].map((part) => part.keepAlive()),
  );
  const { worker, bot, api, host, otherHost } = processes;
  const killer = new PartKiller({ worker, bot, api, host, otherHost, database: base.server });
  const client = new DurableClient(temporal.client);
  const emptied = new EmptiedHosts(client, owner);
  return {
    temporal,
    client,
    telegramUrl: telegram.url,
    owner,
    writer,
    gateways,
    webhooks,
    processes,
    killer,
    panels,
    emptied,
    check: checkerOf(temporal),
    endReconciler: enderOf(temporal, owner),
    isAside: (payments) => isAside(owner, payments),
    audit: async () => {
      await Promise.all([panels.heal(), emptied.waitUntilOver()]);
      return auditProduct({ temporal, owner, processes, panels, gateways });
    },
  };
}

/** A gateway is asked to read at most this often. */
const checkEveryMs = 700;

function checkerOf({ client }: TestNamespace): ProductFixture["check"] {
  const throttle = new Throttle(checkEveryMs);
  return async (gateway) => {
    if (!throttle.isDue(gateway)) return;
    const reconciler = client.workflow.getHandle(workflowIds.gateway(gatewayName(gateway)));
    await eventually(() => reconciler.signal("checkNow"), 120_000, 200);
  };
}

/** A terminated reconciler is started again within a minute. */
const endEveryMs = 60_000;

function enderOf({ client }: TestNamespace, owner: Database): ProductFixture["endReconciler"] {
  const throttle = new Throttle(endEveryMs);
  const idOf = async (what: Reconciler, gateway: string): Promise<string> => {
    if (what === "messages") return workflowIds.messages;
    if (what === "gateway") return workflowIds.gateway(gatewayName(gateway));
    const query = queriesOf(owner.em.fork()).selectFrom("hosts").select("id").orderBy("name");
    const { id } = await eventually(() => query.executeTakeFirstOrThrow(), 120_000, 200);
    return workflowIds.host(id as HostId);
  };
  return async (what, gateway) => {
    const id = await idOf(what, gateway);
    if (!throttle.isDue(id)) return;
    const reconciler = client.workflow.getHandle(id);
    await reconciler.terminate("an operator did so").catch(() => undefined);
  };
}

async function isAside(owner: Database, payments: readonly PaymentId[]): Promise<boolean> {
  const aside = await listQuarantined(owner);
  return aside.some(({ about, details }) =>
    payments.some((id) => `${about} ${details}`.includes(id)),
  );
}

const price = (currency: SoldCurrency, tenths: number) =>
  decimalOf(money(tenths * tenth[currency], currency));

const pricesOf = (tenths: number) =>
  Object.fromEntries(
    (Object.keys(tenth) as SoldCurrency[]).map((currency) => [currency, price(currency, tenths)]),
  );

/** Of a customer's two devices one is paused by a change to the second plan. */
const plannedDevices: Readonly<Record<SoldPlan, number>> = { month: 3, family: 1 };

function plansFile(folder: string): string {
  const offered = (Object.entries(soldPlans) as [SoldPlan, number][]).map(([code, tenths]) => ({
    code,
    names: { en: code, ru: code },
    descriptions: { en: `The plan ${code}`, ru: `Тариф ${code}` },
    days: 30,
    devices: plannedDevices[code],
    prices: pricesOf(tenths),
    trafficGb: 1_000,
    extraDevice: pricesOf(addOnTenths),
    trafficPack: { gb: 100, prices: pricesOf(addOnTenths) },
  }));
  const path = join(folder, "plans.json");
  writeFileSync(path, JSON.stringify(offered));
  return path;
}

/**
 * Registers a person in the books and presses Start for them in the chat. The bot does not get that
 * update: no signup is played here.
 */
export async function arrive(
  { writer, telegramUrl }: Pick<ProductFixture, "writer" | "telegramUrl">,
  { id, admin }: { readonly id: number; readonly admin: boolean },
): Promise<void> {
  const silence = { updates: "drop", about: "message", chat_id: id, times: 1 };
  await ask(`${telegramUrl}/control/faults`, silence);
  await ask(`${telegramUrl}/person/${id}/messages`, { text: "/start" });
  const profile = { telegramId: telegramId(id), firstName: `Person ${id}` };
  const arrival = {
    role: admin ? "admin" : "customer",
    referrer: undefined,
    now: instant(new Date()),
  } as const;
  await eventually(() => new Customers(writer.em).register(profile, arrival), 120_000, 200);
}

/**
 * Starts a PostgreSQL of its own, whose death disturbs no other test, and opens it in two roles.
 */
async function openDatabases(folder: string, cleanup: AsyncDisposableStack) {
  const password = randomBytes(12).toString("hex");
  const options = { dataDir: folder, port: await freePort(), password, endsWithParent: true };
  let ownerUrl = "";
  const server = new Killable(async () => {
    const running = await startPostgres(options);
    ownerUrl = running.url;
    return running;
  });
  cleanup.defer(() => server.stop());
  await server.keepAlive();
  await migrate(ownerUrl, { writer: password, reader: password });
  const as = (user: string) => Object.assign(new URL(ownerUrl), { username: user }).href;
  const urls = { writerUrl: as("tollgate_writer"), readerUrl: as("tollgate_reader") };
  const [owner, writer] = await Promise.all([
    openDatabase(ownerUrl, 8),
    openDatabase(urls.writerUrl, 4),
  ]);
  cleanup.defer(() => owner.close());
  cleanup.defer(() => writer.close());
  return { server, urls, owner, writer };
}
