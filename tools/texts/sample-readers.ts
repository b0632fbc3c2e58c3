import { sampleDays, sampleMonths, sampleSubscriptions } from "./sample-shop.ts";
import type { BotPorts } from "../../bot/context.ts";
import type { DeviceQueries } from "../../db/queries/access/devices.ts";
import type { HostQueries } from "../../db/queries/access/hosts.ts";
import type { LocationQueries } from "../../db/queries/access/location-offers.ts";
import type { MaintenanceQueries } from "../../db/queries/access/maintenances.ts";
import type { LinkQueries } from "../../db/queries/access/links.ts";
import type { TicketQueries } from "../../db/queries/messaging/tickets.ts";
import type { FigureQueries } from "../../db/queries/operations/figures.ts";
import type { ShopSettingsReader } from "../../db/queries/operations/shop-settings.ts";
import type { PaymentTimelines } from "../../db/queries/payments/payment-timelines.ts";
import type { PaymentQueries } from "../../db/queries/payments/payments.ts";
import type { PlanQueries } from "../../db/queries/payments/plans.ts";
import type { RenewalQueries } from "../../db/queries/payments/renewals.ts";
import type { UnmatchedCharge, UnmatchedQueries } from "../../db/queries/payments/unmatched.ts";
import type { AdminQueries } from "../../db/queries/people/admin.ts";
import type { CustomerQueries } from "../../db/queries/people/customers.ts";
import { isGoingOn } from "../../domain/access/device-rights.ts";
import { money } from "../../domain/money.ts";
import type { Effect } from "../../domain/payments/effect.ts";
import { gatewayName } from "../../domain/payments/payment.ts";
import { isStaff } from "../../domain/people/permissions.ts";
import { addMs, dayMs, hourMs } from "../../domain/time.ts";
import { openMemory } from "../../runtime/redis.ts";
import { textsIn } from "../../texts/index.ts";
import {
  fullName,
  names,
  paymentIds,
  sampleAdmin,
  sampleAdminId,
  sampleCustomer,
  sampleId,
  sampleSubscription,
  secondSubscription,
  sampleWallet,
} from "./sample-people.ts";
import { requestsOf } from "./sample-requests.ts";
import { SampleClient } from "./sample-client.ts";
import { hostIds } from "./sample-hosts.ts";
import { sampleMaintenances } from "./sample-maintenances.ts";
import { sampleFigures } from "./sample-figures.ts";
import { listedSettings, sampleMethods, type SampleShop } from "./sample-shop.ts";

/** All public methods of a reader: one that is new does not compile until it is here. */
type MethodsOf<Reader> = { readonly [Name in keyof Reader]: Reader[Name] };

const reader = <Reader>(methods: MethodsOf<Reader>): Reader => methods;

/** What the bot reads of a sample, and a client that starts nothing. */
export function samplePorts(shop: SampleShop): BotPorts {
  return {
    client: new SampleClient(shop.isLate),
    store: { ...openMemory(), increment: async () => 0 },
    staff: { admin: [], support: [], viewer: [] },
    supportGroup: undefined,
    givesLinks: true,
    temporalUi: { url: "https://temporal.example", namespace: "default" },
    shop: reader<ShopSettingsReader>({
      get: async () => shop.settings,
      list: async () => listedSettings(shop),
      expire: () => undefined,
      follow: () => undefined,
    }),
    customers: customersOf(shop),
    devices: reader<DeviceQueries>({
      count: async () => {
        const off = shop.devices.filter((device) => !isGoingOn(device, shop.now)).length;
        return { held: shop.devices.length, off };
      },
      list: async () => [...shop.devices],
      listDays: async (_subscription, since) => sampleDays(since),
      listMonths: async (_subscription, since) => sampleMonths(since),
      findSubscription: async () => sampleSubscription,
    }),
    hosts: reader<HostQueries>({
      list: async () => [...shop.hosts],
      findMigration: async (of) => shop.migrations.get(of),
    }),
    maintenances: reader<MaintenanceQueries>({
      findLast: async (of) => sampleMaintenances(shop.now).get(of),
      findHost: async () => hostIds.open,
      listOwn: async () => [...(shop.ownMaintenances ?? [])],
    }),
    locations: reader<LocationQueries>({
      list: async () => [...shop.locations],
      find: async (code) => shop.locations.find((one) => one.code === code),
      listOffers: async () =>
        shop.locations.map((location, index) => ({ location, hasRoom: index === 0 })),
    }),
    links: reader<LinkQueries>({
      find: async () => undefined,
      listHwids: async () => [{ hash: "", name: "iPhone iOS 19" }],
      findFileLink: async () => undefined,
      openFile: async () => undefined,
    }),
    admin: reader<AdminQueries>(requestsOf(shop)),
    tickets: ticketsOf(shop),
    plans: plansOf(shop),
    payments: paymentsOf(shop),
    timelines: timelinesOf(shop),
    unmatched: unmatchedOf(shop),
    figures: reader<FigureQueries>({ count: async () => sampleFigures(shop) }),
    renewals: reader<RenewalQueries>({ find: async () => shop.renewal }),
  };
}

function customersOf({ language, customer, current, deviceLimit, ...shop }: SampleShop) {
  const known = [sampleCustomer(language), sampleAdmin(language)];
  const name = fullName(language, "customer");
  return reader<CustomerQueries>({
    find: async (id) =>
      id === customer?.telegramId
        ? customer
        : known.find((one) => one.telegramId === id && isStaff(customer?.role)),
    listSubscriptions: async () => sampleSubscriptions({ current, deviceLimit, ...shop }),
    findTrafficUse: async () => shop.traffic,
    listStaff: async () => [{ telegramId: sampleAdminId, role: "admin" }],
    isWaiting: async () => shop.isWaiting,
    findMayAskAgainAt: async ({ rejectedAt }) =>
      rejectedAt && addMs(rejectedAt, shop.reapplyAfterMs),
    countInvited: async () => shop.invited,
    findInviter: async () => undefined,
    search: async (text) => {
      if (text === "nobody") return [];
      const one = { telegramId: sampleId, name };
      return text === "all"
        ? [one, { telegramId: sampleAdminId, name: fullName(language, "admin") }]
        : [one];
    },
  });
}

function ticketsOf({ language, now, isBusy }: SampleShop) {
  const person = { telegramId: sampleId, name: fullName(language, "customer") };
  const { question, answer } = names[language];
  const admin = fullName(language, "admin");
  return reader<TicketQueries>({
    listOpen: async () =>
      isBusy
        ? [
            { ...person, state: "open", since: addMs(now, -3 * hourMs) },
            { ...person, state: "answered", since: addMs(now, -2 * dayMs) },
          ]
        : [],
    find: async () => ({
      ...person,
      state: "open",
      lines: [
        {
          words: { text: question },
          at: addMs(now, -4 * hourMs),
          admin: undefined,
          isUndelivered: false,
        },
        { words: { text: answer }, at: addMs(now, -3 * hourMs), admin, isUndelivered: true },
      ],
    }),
    findCustomerBy: async () => undefined,
    findMessage: async () => undefined,
    findGroupLanguage: async () => language,
  });
}

function plansOf({ plans, current, second, balances, traffic }: SampleShop) {
  return reader<PlanQueries>({
    listOffered: async () => plans.filter(({ trial }) => !trial),
    listNewest: async () => plans.map((plan) => ({ plan, isRetired: false })),
    listPaymentMethods: async () => [...sampleMethods],
    listBalances: async () => [...balances],
    findCurrent: async (id) => (id === secondSubscription ? second : current),
    findAddOnFacts: async () =>
      current && {
        state: current.state,
        paidUntil: current.paidUntil,
        trafficLimitBytes: traffic?.limitBytes,
        plan: current.plan,
      },
  });
}

function paymentsOf({ payments, customer }: SampleShop) {
  const [open] = payments;
  return reader<PaymentQueries>({
    list: async () => [...payments],
    countOpen: async () => payments.filter(({ state }) => state === "open").length,
    find: async (id) => payments.find((one) => one.id === id),
    findPayable: async () =>
      open && customer && { telegramId: customer.telegramId, price: open.price, state: open.state },
    search: async (text) => {
      if (text === "nothing") return [];
      return text === "all" ? [...payments] : payments.filter(({ id }) => id.startsWith(text));
    },
    searchTransfers: async () => [],
    isRefundKnown: async () => false,
  });
}

const isRefunded = (id: string) => id === paymentIds.refunded;

function timelinesOf({ language, now }: SampleShop) {
  const price = money(29_900, "RUB");
  const at = addMs(now, -5 * dayMs);
  const reference = "3815";
  const charge = { reference, paid: price, fee: undefined, use: "grant", paidAt: at } as const;
  const ofTon = { reference: "b1946ac9:51239874000003", paid: money(500_000_000, "GRAM") };
  const granted: Effect = {
    kind: "granted",
    reference,
    paid: price,
    ofPrice: price,
    late: false,
    parts: [],
    surplus: money(0, "RUB"),
  };
  return reader<PaymentTimelines>({
    read: async (id) => ({
      charges:
        id === paymentIds.open
          ? []
          : [
              {
                ...charge,
                returned: isRefunded(id) ? price : money(0, "RUB"),
                ...(id === paymentIds.lapsed ? ofTon : {}),
                sender: id === paymentIds.lapsed ? sampleWallet : undefined,
                comment: id === paymentIds.lapsed ? names[language].transfer : undefined,
              },
            ],
      refunds: isRefunded(id)
        ? [
            {
              requestId: "1",
              reference,
              amount: price,
              state: "returned",
              why: undefined,
              reason: textsIn(language).payments.refund.defaultReason,
              by: { telegramId: sampleAdminId, name: fullName(language, "admin") },
              askedAt: at,
              closedAt: now,
            },
          ]
        : [],
      events: [
        {
          at,
          source: "gateway",
          report: { kind: "paid", reference, paid: price, at },
          headers: {},
          body: "{}",
        },
      ],
      decisions: [{ at, effects: [granted] }],
      lots: [{ at, days: 30, until: addMs(at, 30 * dayMs) }],
      ledger: [
        {
          at,
          fact: `tbank/${reference}/paid`,
          entries: [
            { account: "gateway:tbank", amount: price },
            { account: "revenue", amount: money(-29_900, "RUB") },
          ],
        },
      ],
    }),
  });
}

function unmatchedOf({ language, now, isBusy }: SampleShop) {
  const charge: UnmatchedCharge = {
    key: "0123456789abcdef0123456789abcdef",
    gateway: gatewayName("ton"),
    reference: "51239874000003:a1b2c3",
    paymentId: paymentIds.lapsed,
    amount: money(1_500_000_000, "GRAM"),
    at: addMs(now, -6 * hourMs),
    mayReturn: false,
    payer: undefined,
    sender: sampleWallet,
    comment: names[language].transfer,
  };
  const other = {
    ...charge,
    key: "f".repeat(32),
    gateway: gatewayName("cryptobot"),
    mayReturn: true,
  };
  const all = isBusy ? [charge, other] : [];
  return reader<UnmatchedQueries>({
    listOpen: async () => all,
    find: async (wanted) => all.find(({ key }) => key === wanted),
    search: async (text) => (text === sampleWallet ? all.slice(0, 1) : []),
    listReceivers: async () => [],
  });
}
