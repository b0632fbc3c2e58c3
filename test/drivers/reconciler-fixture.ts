import { randomUUID } from "node:crypto";
import { reconcile } from "../../activities/operations/reconciliation/loop.ts";
import {
  type PollingOptions,
  usualPolling,
} from "../../activities/operations/reconciliation/polling.ts";
import type { ReconcilerPorts } from "../../activities/operations/reconciliation/ports.ts";
import { listen } from "../../db/notifications.ts";
import { Lookups } from "../../db/operations/lookups.ts";
import { Quarantine } from "../../db/operations/quarantine.ts";
import { Statements } from "../../db/operations/statements.ts";
import { UnattendedWork } from "../../db/operations/unattended.ts";
import { type Queries, queriesOf } from "../../db/orm.ts";
import { customerId, subscriptionId, telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import type { GatewayTrouble } from "../../domain/operations/reconciliation.ts";
import type {
  GatewayName,
  PaymentId,
  PaymentOrder,
  PaymentState,
} from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import { addMs, hourMs, instant, type Instant } from "../../domain/time.ts";
import type { PaymentGateway } from "../../gateways/payments/port.ts";
import type { GatewayTurn } from "../../workflows/steps/reconcilers.ts";
import type { OpenDatabases } from "./database.ts";
import { RecordedWorkflows } from "./recorded-workflows.ts";

interface OrderOptions {
  readonly state?: PaymentState;
  readonly openedAt?: Instant;
  readonly lapsesAt?: Instant;
  readonly minor?: number;
}

let people = 70_000;

/** Runs a gateway's reconciler without Temporal, on a real database. */
export class ReconcilerFixture {
  readonly db: Queries;
  readonly workflows: RecordedWorkflows;
  readonly warnings: string[] = [];
  readonly #books: OpenDatabases;
  startedAt = instant("2020-01-01T00:00:00Z");
  polling: PollingOptions = { ...usualPolling, everyMs: 200, inFlightMs: 10 };

  constructor(books: OpenDatabases, isDecided = true) {
    this.#books = books;
    this.db = queriesOf(books.writer.em);
    this.workflows = new RecordedWorkflows(this.db, isDecided);
  }

  get ports(): ReconcilerPorts {
    const { em } = this.#books.writer;
    return {
      statements: new Statements(em),
      lookups: new Lookups(em),
      quarantine: new Quarantine(em),
      unattended: new UnattendedWork(em),
      workflows: this.workflows,
      listen: (channels) => listen(this.#books.writerUrl, channels),
      startedAt: () => this.startedAt,
      polling: this.polling,
    };
  }

  /** Runs the reconciler until `signal` aborts or it ends. */
  run(
    gateway: PaymentGateway,
    signal: AbortSignal,
    { shown = [], ports = this.ports }: { shown?: GatewayTrouble[]; ports?: ReconcilerPorts } = {},
  ): Promise<GatewayTurn> {
    const warn = (message: string, about: object) => {
      this.warnings.push(`${message} ${JSON.stringify(about)}`);
    };
    return reconcile(ports, gateway, { shown, signal, warn });
  }

  /**
   * Runs the reconciler until `isDone`, and then ends it.
   * Returns its result if it had ended before.
   * @throws Error with its warnings after 30 seconds.
   */
  async runUntil(
    gateway: PaymentGateway,
    isDone: () => boolean | Promise<boolean>,
    given: { shown?: GatewayTrouble[]; ports?: ReconcilerPorts } = {},
  ): Promise<GatewayTurn | undefined> {
    const ending = new AbortController();
    const turn: { ended?: GatewayTurn } = {};
    const running = this.run(gateway, ending.signal, given).then((ended) =>
      Object.assign(turn, { ended }),
    );
    const settled = running.catch(() => undefined);
    const deadline = Date.now() + 30_000;
    while (turn.ended === undefined && !(await isDone())) {
      if (Date.now() > deadline) throw new Error(`not done: ${this.warnings.join("; ")}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    ending.abort(new Error("the test is over"));
    await settled;
    return turn.ended;
  }

  /** Runs at least one whole pass. */
  async passOnce(gateway: PaymentGateway): Promise<void> {
    let isOver = false;
    /** The last step of the first pass looks for refunds of unmatched payments. */
    class Ending extends UnattendedWork {
      override async listUnmatched(name: GatewayName, after?: string): Promise<string[]> {
        const requests = await super.listUnmatched(name, after);
        isOver = requests.length === 0;
        return requests;
      }
    }
    const unattended = new Ending(this.#books.writer.em);
    await this.runUntil(gateway, () => isOver, { ports: { ...this.ports, unattended } });
  }

  /** Adds an admin and returns their Telegram id. */
  async admin(): Promise<number> {
    const { telegram } = await this.#person("admin");
    return telegram;
  }

  /** Adds a payment of a new customer. */
  async order(gateway: PaymentGateway, options: OrderOptions = {}): Promise<PaymentOrder> {
    const { customer, telegram } = await this.#person("customer");
    const subscription = randomUUID();
    const now = instant(new Date());
    const {
      state = "open",
      openedAt = now,
      lapsesAt = addMs(openedAt, hourMs),
      minor = 30_000,
    } = options;
    await this.#plan();
    const owned = { id: subscription, customerId: customer, plan: "month", deviceLimit: 3 };
    await this.db.insertInto("subscriptions").values(owned).execute();
    const id = randomUUID() as PaymentId;
    const memo = id.slice(0, 12);
    const who = { id, customerId: customer, subscriptionId: subscription };
    const what = { plan: "month", planVersion: 1, days: 30, deviceLimit: 3 };
    const price = {
      priceMinor: minor,
      currency: "RUB",
      gateway: gateway.capabilities.name,
    } as const;
    const when = { openedAt: new Date(openedAt), lapsesAt: new Date(lapsesAt) };
    const invoice = { invoiceReference: id, nextLookupAt: new Date(openedAt) };
    await this.db
      .insertInto("payments")
      .values({ ...who, ...what, ...price, ...when, ...invoice, memo, state })
      .execute();
    return {
      id,
      customerId: customerId(customer),
      telegramId: telegramId(telegram),
      subscriptionId: subscriptionId(subscription),
      gateway: gateway.capabilities.name,
      terms: { code: "month" as PlanCode, version: 1, days: 30, deviceLimit: 3 },
      price: money(minor, "RUB"),
      memo,
      openedAt,
      lapsesAt,
    };
  }

  async #person(role: "admin" | "customer") {
    const customer = randomUUID();
    people += 1;
    const telegram = people;
    const named = { firstName: "P", language: "en", role, status: "active" } as const;
    const row = { id: customer, telegramId: telegram, lastActivityAt: new Date(), ...named };
    await this.db.insertInto("customers").values(row).execute();
    return { customer, telegram };
  }

  async #plan(): Promise<void> {
    const flags = { sort: 0, hidden: false, trial: false, retired: false };
    const texts = {
      names: { en: "m", ru: "m" },
      descriptions: { en: "m", ru: "m" },
      prices: { RUB: 30_000 },
    };
    await this.db
      .insertInto("plans")
      .values({ code: "month", version: 1, days: 30, deviceLimit: 3, ...texts, ...flags })
      .onConflict((row) => row.doNothing())
      .execute();
  }

  /** The admins' notices of this kind. */
  async notices(kind: string): Promise<Record<string, unknown>[]> {
    const rows = await this.db
      .selectFrom("messages")
      .select(["content", "telegramId"])
      .orderBy("id")
      .execute();
    return rows.flatMap(({ content, telegramId: to }) =>
      content.kind === "adminNotice" && content.notice.kind === kind
        ? [{ ...content.notice, to }]
        : [],
    );
  }

  /** Makes quarantined rows due, and runs a pass. */
  async retry(gateway: PaymentGateway): Promise<void> {
    await this.db
      .updateTable("quarantine")
      .set({ nextTryAt: new Date(0) })
      .where("gateway", "=", gateway.capabilities.name)
      .execute();
    await this.passOnce(gateway);
  }

  /** The quarantined rows, the oldest first. */
  quarantined() {
    return this.db.selectFrom("quarantine").selectAll().orderBy("firstAt").execute();
  }

  /** The stored cursor of a statement. */
  cursor(account: string) {
    return this.db
      .selectFrom("statement_cursors")
      .selectAll()
      .where("account", "=", account)
      .executeTakeFirst();
  }
}
