import { randomUUID } from "node:crypto";
import { beforeAll } from "vitest";
import { openSubscription } from "../../db/access/subscriptions.ts";
import { type EntityManager, inTransaction, queriesOf } from "../../db/orm.ts";
import { type DecisionResult, Decisions } from "../../db/payments/decisions.ts";
import { Gateways } from "../../db/payments/gateways.ts";
import { loadBalances } from "../../db/payments/ledger.ts";
import { Payments } from "../../db/payments/payments.ts";
import { listNewestPlans, type OfferedPlan, Plans } from "../../db/payments/plans.ts";
import { findAllowed, Customers } from "../../db/people/customers.ts";
import { type SubscriptionId, type TelegramId, telegramId } from "../../domain/ids.ts";
import type { Currency } from "../../domain/money.ts";
import {
  type AddOn,
  type GatewayEvent,
  gatewayName,
  type GatewayReport,
  type PaymentId,
  type PaymentOrder,
} from "../../domain/payments/payment.ts";
import { bytesInGb } from "../../domain/payments/plan-change.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import { instant } from "../../domain/time.ts";
import type { OpenDatabases } from "./database.ts";

/** A plan with these prices in minor units. */
export const planFor = (
  code: string,
  prices: Partial<Record<Currency, number>>,
  days = 30,
): OfferedPlan => ({
  code: code as PlanCode,
  names: { en: code, ru: `${code} (рус.)` },
  descriptions: { en: `The plan ${code}`, ru: `Тариф ${code}` },
  days,
  deviceLimit: 3,
  prices,
  order: 0,
  hidden: false,
  trial: false,
});

/** A plan with limits, to which devices and traffic can be added. */
export const limitedPlan: OfferedPlan = {
  ...planFor("small", { RUB: 10_000 }),
  deviceLimit: 1,
  trafficLimitBytes: 5 * bytesInGb,
  extraDevice: { RUB: 5_000 },
  trafficPack: { bytes: 10 * bytesInGb, prices: { RUB: 4_000 } },
};

/** Ports of a decision that refunds nothing and adds no device. */
export const noDevices: {
  readonly canRefund: boolean;
  readonly addFirstDevice: () => Promise<undefined>;
} = {
  canRefund: false,
  addFirstDevice: async () => undefined,
};

/** Opens a `BookShop` for the tests of a file, on their database. */
export function useShop(databases: Pick<OpenDatabases, "writer">): BookShop {
  const shop = new BookShop(() => databases.writer.em);
  beforeAll(() => shop.open());
  return shop;
}

/** Opens orders, and decides on gateways' reports, without workflows. */
export class BookShop {
  readonly #em: () => EntityManager;
  #decisions: Decisions | undefined;
  #people = 9_000;

  /** `em` is called at each use, so that the database may be opened later. */
  constructor(em: () => EntityManager) {
    this.#em = em;
  }

  /** The worker's entity manager. */
  get em(): EntityManager {
    return this.#em();
  }

  /** The product's decisions on this database. */
  get decisions(): Decisions {
    return (this.#decisions ??= new Decisions(this.em));
  }

  /** Queries on this database. */
  get db() {
    return queriesOf(this.em);
  }

  /** Adds plans, a gateway `memory` and an admin. */
  async open(): Promise<void> {
    await new Plans(this.em).importAll([
      planFor("month", { RUB: 30_000, XTR: 250 }),
      planFor("family", { RUB: 60_000, XTR: 500 }),
      limitedPlan,
    ]);
    const currencies = ["RUB", "XTR", "USDT"] as const;
    const facts = { refunds: "partial", notifies: true, invoiceTtlMs: 3_600_000 } as const;
    await new Gateways(this.em).publish([{ name: "memory", icon: "🧪", currencies, ...facts }]);
    await this.person(1001, true);
  }

  /** Adds a person, and a subscription unless they are an admin. */
  async person(id = (this.#people += 1), admin = false): Promise<TelegramId> {
    const now = instant(new Date());
    const profile = { telegramId: telegramId(id), firstName: "P" };
    await new Customers(this.em).register(profile, {
      role: admin ? "admin" : "customer",
      referrer: undefined,
      now,
    });
    if (!admin) await inTransaction(this.em, (db) => openSubscription(db, telegramId(id)));
    return telegramId(id);
  }

  /** Opens an order, for a new customer unless `person` is set. */
  async order(
    choice: {
      readonly plan?: string;
      readonly gateway?: string;
      readonly person?: TelegramId;
      readonly currency?: Currency;
      /** The balance is topped up by this much, instead of a plan. */
      readonly topUpMinor?: number;
      /** This is added to the person's plan, instead of a plan. */
      readonly addOn?: { readonly addOn: AddOn; readonly minor: number };
      /** Undefined: the person's first. */
      readonly subscription?: SubscriptionId | "new";
      /** The payment's id; undefined: a new one. */
      readonly id?: PaymentId;
    } = {},
  ): Promise<PaymentOrder> {
    const id = choice.person ?? (await this.person());
    const code = (choice.plan ?? "month") as PlanCode;
    const plans = await listNewestPlans(this.db);
    const planVersion = plans.find(({ plan }) => plan.code === code)?.plan.version ?? 1;
    const { topUpMinor, addOn } = choice;
    const bought = addOn && { extra: addOn.addOn, minor: addOn.minor };
    const topUp =
      topUpMinor === undefined
        ? undefined
        : ({ extra: { kind: "topUp" }, minor: topUpMinor } as const);
    const item = bought ?? topUp ?? { plan: code, planVersion };
    const purchase = {
      telegramId: id,
      ...item,
      gateway: gatewayName(choice.gateway ?? "memory"),
      currency: choice.currency ?? "RUB",
      ...(choice.subscription === undefined ? {} : { subscription: choice.subscription }),
    } as const;
    const now = instant(new Date());
    const payment = choice.id ?? (randomUUID() as PaymentId);
    const opened = await new Payments(this.em).openOnce(payment, purchase, now);
    if (opened.kind !== "opened") throw new Error(`not opened: ${opened.why}`);
    return opened.known.order;
  }

  /** Decides over these reports, in one transaction. */
  async decide(
    order: PaymentOrder,
    reports: GatewayReport | readonly GatewayReport[],
    ports: Partial<typeof noDevices> & { readonly canRefund?: boolean; readonly now?: Date } = {},
  ): Promise<DecisionResult> {
    const events = [reports].flat().map((report): GatewayEvent => {
      const evidence = JSON.stringify(report);
      return {
        gateway: order.gateway,
        report,
        evidence,
        source: "gateway",
      };
    });
    const now = instant(ports.now ?? new Date());
    const decided = await this.decisions.decideAll(order.id, events, now, {
      ...noDevices,
      ...ports,
    });
    if (decided === undefined) throw new Error("no such payment");
    return decided;
  }

  /** The customer's balance in minor units. */
  async balance({ customerId }: PaymentOrder, currency: Currency = "RUB"): Promise<number> {
    return (await loadBalances(this.db, customerId))[currency] ?? 0;
  }

  /** Remaining days of access. */
  async daysLeft({ subscriptionId }: PaymentOrder): Promise<number> {
    const row = await this.db
      .selectFrom("subscriptions")
      .select("paidUntil")
      .where("id", "=", subscriptionId as string)
      .executeTakeFirstOrThrow();
    return ((row.paidUntil?.getTime() ?? Date.now()) - Date.now()) / 86_400_000;
  }

  /** The payment's state. */
  async stateOf({ id }: PaymentOrder): Promise<string> {
    const row = await this.db
      .selectFrom("payments")
      .select("state")
      .where("id", "=", id as string)
      .executeTakeFirstOrThrow();
    return row.state;
  }

  /**
   * The kinds of a person's queued notices and messages, in the order in which they were written.
   */
  async listMessages(to: TelegramId): Promise<string[]> {
    const rows = await this.db
      .selectFrom("messages")
      .select("content")
      .where("telegramId", "=", to as number)
      .orderBy("id")
      .execute();
    return rows.map(({ content }) =>
      content.kind === "notice" || content.kind === "adminNotice"
        ? content.notice.kind
        : content.kind,
    );
  }

  /** The admins' Telegram ids. */
  admins(): Promise<TelegramId[]> {
    return findAllowed(this.db, "receiveTrouble");
  }
}
