import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openSubscription } from "../../db/access/subscriptions.ts";
import { bookTime } from "../../db/access/time-lots.ts";
import { queriesOf } from "../../db/orm.ts";
import type { TimeEntry } from "../../domain/access/time-lots.ts";
import { money } from "../../domain/money.ts";
import { type Disagreement, disagreementKinds } from "../../domain/operations/disagreement.ts";
import { type PaymentOrder, termsOf } from "../../domain/payments/payment.ts";
import { instant } from "../../domain/time.ts";
import { auditBroken, insertAddOn, ledgerEntry, type Run } from "../drivers/broken-books.ts";
import { compileCache } from "../drivers/compile-cache.ts";
import { useDatabase } from "../drivers/database.ts";
import { useShop } from "../drivers/shop.ts";

const db = useDatabase();
const now = instant("2026-11-21T10:00:00Z");
const shop = useShop(db);
const accessId = randomUUID();
let order: PaymentOrder;
let unpaid: PaymentOrder;
let credit: PaymentOrder;

interface Printed {
  readonly code: number;
  readonly text: string;
}

async function runBooks(url = db.readerUrl): Promise<Printed> {
  const own = { DATABASE_URL: url, TOLLGATE_ENV_FILE: "none" };
  const env = { PATH: process.env["PATH"], ...compileCache, ...own };
  const run = promisify(execFile)(process.execPath, ["tools/tollgate.ts", "books"], { env });
  return run.then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => {
      return { code: error.code, text: error.stdout + error.stderr };
    },
  );
}

async function payOrder(plan: "month" | "family", fee?: number): Promise<PaymentOrder> {
  const made = await shop.order({ plan });
  const charged = {
    kind: "paid",
    reference: `100%_${made.id}`,
    paid: made.price,
    at: now,
  } as const;
  const report = fee === undefined ? charged : { ...charged, fee: money(fee, "RUB") };
  await shop.decide(made, report, { now: new Date(now) });
  return made;
}

test("charges, fees and refunds make a trial balance, and the books agree", async () => {
  expect(await runBooks()).toMatchObject({
    code: 0,
    text: expect.stringMatching(/no money has moved/u) as string,
  });
  order = await payOrder("month");
  unpaid = await shop.order({ plan: "month" });
  const family = await payOrder("family", 1_800);
  const reference = `100%_${family.id}`;
  await shop.decide(family, { kind: "refunded", reference, returned: money(10_000, "RUB") });
  const { code, text } = await runBooks();
  expect(text).toMatch(/gateway:memory RUB +882\.00 +100\.00 +782\.00/u);
  expect(text).toMatch(/revenue RUB +0\.00 +900\.00 +-900\.00/u);
  expect(text).toMatch(/refunds RUB +100\.00/u);
  expect(text).toMatch(/fees RUB +18\.00/u);
  expect(text).toMatch(/the books agree/u);
  expect(code).toBe(0);
  credit = await creditOrder();
});

interface Broken {
  readonly run: Run;
  /** Books time of the order's subscription as the product does it, with all that follows. */
  readonly book: (entry: TimeEntry) => Promise<unknown>;
}

/** A price that came when its subscription had been revoked: it is balance. */
async function creditOrder(): Promise<PaymentOrder> {
  const made = await shop.order({ plan: "month" });
  const of = made.subscriptionId as string;
  await shop.db
    .updateTable("subscriptions")
    .set({ revokedAt: new Date() })
    .where("id", "=", of)
    .execute();
  const reference = `100%_${made.id}`;
  await shop.decide(made, { kind: "paid", reference, paid: made.price, at: now });
  return made;
}

/** Books a whole return of it as one of price: the balance keeps what went back. */
async function bookReturnAsPrice(run: Run, { id, price }: PaymentOrder): Promise<void> {
  const fact = `memory/100%_${id}/returned/${price.minor}`;
  await run("update charges set returned_minor = paid_minor where payment_id = ?", [id]);
  await run(ledgerEntry, [fact, "gateway:memory", -price.minor]);
  await run(ledgerEntry, [fact, "refunds", price.minor]);
}

/**
 * One row of the books that is changed behind the product's back, for each thing that can disagree.
 */
const breaks: Readonly<Record<Disagreement["kind"], (broken: Broken) => Promise<unknown>>> = {
  unbalanced: ({ run }) => run(ledgerEntry, ["half", "refunds", 1]),
  notBooked: ({ run }) =>
    run(
      `insert into gateway_events (id, digest, payment_id, gateway, source, report, headers, body)
       values (?, 'lost', ?, 'memory', 'gateway', '{"kind":"paid","reference":"lost"}', '{}', '')`,
      [randomUUID(), order.id],
    ),
  notGranted: async ({ run }) => {
    await run("delete from time_lots where cause = ?", [`payment/${order.id}`]);
    await run("update subscriptions set paid_until = null where id = ?", [order.subscriptionId]);
  },
  grantedWithoutMoney: ({ book }) => {
    const terms = { ...termsOf(order), prices: {} };
    const cause = `payment/${randomUUID()}`;
    return book({ kind: "payment", cause, ms: 1_000, price: order.price, terms, at: now });
  },
  grantedWithoutAct: ({ book }) =>
    book({ kind: "admin", cause: "admin/nobodys", ms: 1_000, at: now }),
  wrongPrice: ({ run }) =>
    run("update payments set price_minor = price_minor - 1 where id = ?", [order.id]),
  wrongTaken: ({ book }) =>
    book({
      kind: "refund",
      cause: "return/x",
      lot: `payment/${order.id}`,
      returnedMinor: 1,
      at: now,
    }),
  wrongEnd: ({ run }) =>
    run("update subscriptions set paid_until = paid_until + interval '1 hour' where id = ?", [
      order.subscriptionId,
    ]),
  wrongClearing: ({ run }) =>
    run("update charges set paid_minor = paid_minor + 1 where payment_id = ?", [order.id]),
  wrongRevenue: async ({ run }) => {
    // Time was given, and its price is on the balance as well.
    await run(
      "update ledger_entries set account = ? where account = 'revenue' and payment_id = ?",
      [`customer:${order.customerId}`, order.id],
    );
  },
  creditKept: ({ run }) => bookReturnAsPrice(run, credit),
  refundNotBooked: ({ run }) =>
    run(
      `insert into refunds (request_id, payment_id, gateway, reference, minor, up_to_minor, currency, price_minor,
                            credit_minor, reason, state, asked_at)
       values ('forgotten', ?, 'memory', ?, 1, 1, 'RUB', 0, 1, '', 'returned', now())`,
      [order.id, `100%_${order.id}`],
    ),
  wrongState: ({ run }) => run("update payments set state = 'lapsed' where id = ?", [order.id]),
  debtWithoutChargeback: async ({ run }) => {
    await run(ledgerEntry, ["lent", `customer:${order.customerId}`, 100]);
    await run(ledgerEntry, ["lent", "revenue", -100]);
  },
  strayReserve: async ({ run }) => {
    await run(ledgerEntry, ["forgotten", "reserved:of-no-refund", -100]);
    await run(ledgerEntry, ["forgotten", "refunds", 100]);
  },
  wrongUnmatched: ({ run }) =>
    run(
      `insert into unmatched (gateway, reference, payment_id, minor, currency, evidence, at, state)
       values ('memory', 'found', ?, 100, 'RUB', '', now(), 'open')`,
      [order.id],
    ),
  bookedTwice: ({ run }) =>
    run(
      `insert into unmatched (gateway, reference, payment_id, minor, currency, evidence, at, state)
       values ('memory', ?, ?, 0, 'RUB', '', now(), 'returned')`,
      [`100%_${order.id}`, order.id],
    ),
  wrongAddOn: ({ run }) => run(insertAddOn, [order.id, order.subscriptionId]),
  wrongDevices: async ({ run }) => {
    await run(
      `insert into devices (id, subscription_id, name) values ('${accessId}', ?, 'phone')`,
      [order.subscriptionId],
    );
    await run(
      `insert into accesses (id, device_id, subscription_id, identity, secrets_encrypted,
         preshared_hash, request_id, paused_at)
       values ('${accessId}', '${accessId}', ?, 'i', 's', 'h', 'r', now())`,
      [order.subscriptionId],
    );
  },
  wrongTraffic: ({ run }) =>
    run("update subscriptions set moved_bytes = 1 where id = ?", [order.subscriptionId]),
  suspendedAfterPaying: ({ run }) =>
    run(
      `update customers set left_channels_at = ?, suspended_at = ?
        where id = ?`,
      ["2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", order.customerId],
    ),
};

/** States that say of a payment what its money does not. */
const wrongStates: Readonly<Record<string, (run: Run) => Promise<unknown>>> = {
  "refunded, and its money is kept": (run) =>
    run("update payments set state = 'refunded' where id = ?", [order.id]),
  "settled, and no money has bought time": (run) =>
    run("update payments set state = 'settled' where id = ?", [unpaid.id]),
};

/** What the audit finds once something is broken. */
const auditAfter = (
  breakIt: (broken: Broken) => Promise<unknown>,
  pageSize?: number,
): Promise<readonly Disagreement[]> =>
  auditBroken(
    db.owner.em,
    async ({ run, em }) => {
      const book = async (lot: TimeEntry) => {
        const opened = await openSubscription(queriesOf(em), order.telegramId);
        return bookTime(queriesOf(em), opened!.locked, [lot]);
      };
      await breakIt({ run, book });
    },
    pageSize,
  );

test.each(disagreementKinds)(
  "the audit finds %s, with its place, and nothing else",
  async (kind) => {
    const found = await auditAfter(breaks[kind]);
    expect(found.map((one) => one.kind)).toEqual([kind]);
    expect(found[0]?.about).not.toBe("");
    expect(found[0]?.details).not.toBe("");
  },
);

test.each(Object.entries(wrongStates))(
  "the audit finds a payment that is %s",
  async (_, breakIt) => {
    const found = await auditAfter(({ run }) => breakIt(run));
    expect(found.map(({ kind }) => kind)).toEqual(["wrongState"]);
  },
);

const listTimeDisagreements = (found: readonly Disagreement[]): string[] =>
  found
    .filter(({ kind }) => kind === "wrongTaken" || kind === "wrongEnd")
    .map(({ kind, about }) => `${kind} ${about}`)
    .toSorted();

test("a price that was credited and is refunded from the balance is not a disagreement", async () => {
  const made = await creditOrder();
  const reference = `100%_${made.id}`;
  await shop.decide(made, { kind: "refunded", reference, returned: made.price });
  expect(await shop.balance(made)).toBe(0);
  expect(await auditAfter(async () => undefined)).toEqual([]);
});

test("subscriptions are read in pages, and none is skipped or read twice", async () => {
  const others = [await payOrder("month"), await payOrder("family"), await payOrder("month")];
  const wrong = async ({ run }: Broken) => {
    for (const { id, subscriptionId } of [order, ...others]) {
      await run("update charges set returned_minor = 1 where payment_id = ?", [id]);
      await run("update subscriptions set paid_until = now() where id = ?", [subscriptionId]);
    }
  };
  const wanted = [order, ...others]
    .flatMap(({ id, subscriptionId }) => [`wrongTaken ${id}`, `wrongEnd ${subscriptionId}`])
    .toSorted();
  for (const pageSize of [1, 2, 3, 500]) {
    expect(listTimeDisagreements(await auditAfter(wrong, pageSize))).toEqual(wanted);
    expect(await auditAfter(async () => undefined, pageSize)).toEqual([]);
  }
});

test("a disagreement is printed with its kind, and the exit code says so", async () => {
  expect((await runBooks()).code).toBe(0);
  const change = "update payments set state = 'lapsed' where id = ?";
  await db.owner.em.fork().execute(change, [order.id]);
  const { code, text } = await runBooks();
  expect(code).toBe(1);
  expect(text).toMatch(new RegExp(`^! wrongState ${order.id}: `, "mu"));
  expect(text).toMatch(/1 disagreements/u);
});

test("a missing database is reported in one line", async () => {
  const away = await runBooks("postgres://nobody:secret-word@127.0.0.1:1/tollgate");
  expect(away.code).toBe(1);
  expect(away.text).toMatch(/^tollgate: /mu);
  expect(away.text).not.toContain("secret-word");
});

test("the script is what `npm run books` runs", async () => {
  const { default: manifest } = (await import(join(process.cwd(), "package.json"), {
    with: { type: "json" },
  })) as { default: { scripts: Record<string, string> } };
  expect(manifest.scripts["books"]).toBe("node tools/tollgate.ts books");
});
