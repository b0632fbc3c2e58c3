import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Settlement } from "../../db/settlement.ts";
import { Subscriptions } from "../../db/subscriptions.ts";
import { money } from "../../domain/money.ts";
import { grantCause, type PaymentOrder } from "../../domain/payment.ts";
import { instant } from "../../domain/time.ts";
import { useDatabase } from "../support/database.ts";
import { openedOrder, openShop } from "../support/orders.ts";

const db = useDatabase();
const now = instant("2026-11-21T10:00:00Z");

interface Printed {
  readonly code: number;
  readonly text: string;
}

async function books(url = db.readerUrl): Promise<Printed> {
  const env = { PATH: process.env["PATH"], DATABASE_URL: url, TOLLGATE_ENV_FILE: "none" };
  const run = promisify(execFile)(process.execPath, ["tools/books.ts"], { env });
  return run.then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => {
      return { code: error.code, text: error.stdout + error.stderr };
    },
  );
}

const change = (statement: string, values: unknown[] = []) =>
  db.owner.em.fork().execute(statement, values);

async function paid(): Promise<PaymentOrder> {
  await openShop(db.writer.em);
  const order = await openedOrder(db.writer.em);
  const report = { kind: "paid", reference: `c-${order.id}`, paid: order.price, at: now } as const;
  await new Settlement(db.writer.em).settleOnce(order, { key: order.id, report }, now);
  return order;
}

const granted = ({ id, subscriptionId, terms }: PaymentOrder) =>
  new Subscriptions(db.writer.em).grantOnce(
    subscriptionId,
    { cause: grantCause(id), kind: "payment", days: terms.days, terms },
    now,
  );

test("a trial balance, every kind of disagreement with its place, and an exit code", async () => {
  expect(await books()).toMatchObject({
    code: 0,
    text: expect.stringMatching(/no money has moved/u) as string,
  });
  const order = await paid();
  // A payment of this very moment may be on its way to its grant.
  expect((await books()).code).toBe(0);
  await granted(order);
  const { code, text } = await books();
  expect(code).toBe(0);
  expect(text).toMatch(/gateway:memory RUB +300\.00 +0\.00 +300\.00/u);
  expect(text).toMatch(/revenue RUB +0\.00 +300\.00 +-300\.00/u);
  expect(text).toMatch(/the books agree/u);

  const lost = await paid();
  await change(
    "update charges set recorded_at = now() - interval '2 minutes' where payment_id = ?",
    [lost.id],
  );
  await change("update payments set state = 'lapsed' where id = ?", [order.id]);
  await change("update charges set returned_minor = 5 where payment_id = ?", [order.id]);
  await change("alter table settlements disable trigger settlements_insert_only");
  await change("update settlements set at = now() - interval '2 minutes' where payment_id = ?", [
    order.id,
  ]);
  await change("update subscriptions set paid_until = now() where id = ?", [order.subscriptionId]);
  await new Subscriptions(db.writer.em).grantOnce(
    lost.subscriptionId,
    { cause: "payment/of-nothing", kind: "payment", days: 1 },
    now,
  );
  const wrong = await books();
  expect(wrong.code).toBe(1);
  for (const kind of [
    "notGranted",
    "wrongState",
    "wrongClearing",
    "wrongEnd",
    "grantedWithoutMoney",
    "wrongTaken",
  ]) {
    expect(wrong.text).toMatch(new RegExp(`^! ${kind} `, "mu"));
  }
  expect(wrong.text).toMatch(/6 disagreements/u);
});

test("fees and returns are a part of what a gateway owes", async () => {
  const before = (await books()).text.match(/\d+ disagreements/u)?.[0];
  const order = await openedOrder(db.writer.em, { plan: "family" });
  const settlement = new Settlement(db.writer.em);
  const reference = `100%_${order.id}`;
  const fee = money(1_800, "RUB");
  const report = { kind: "paid", reference, paid: order.price, fee, at: now } as const;
  await settlement.settleOnce(order, { key: `${order.id}/1`, report }, now);
  await granted(order);
  const returned = money(10_000, "RUB");
  const back = { kind: "refunded", reference, returned } as const;
  await settlement.settleOnce(order, { key: `${order.id}/2`, report: back }, now);
  const { text } = await books();
  expect(text).toMatch(/fees RUB +18\.00/u);
  expect(text.match(/\d+ disagreements/u)?.[0]).toBe(before);
});

test("a database that is not there is said in one line", async () => {
  const away = await books("postgres://nobody:secret-word@127.0.0.1:1/tollgate");
  expect(away.code).toBe(1);
  expect(away.text).toMatch(/^books: /mu);
  expect(away.text).not.toContain("secret-word");
});

test("the script is what `npm run books` runs", async () => {
  const { default: manifest } = (await import(join(process.cwd(), "package.json"), {
    with: { type: "json" },
  })) as { default: { scripts: Record<string, string> } };
  expect(manifest.scripts["books"]).toBe("node tools/books.ts");
});
