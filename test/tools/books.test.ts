import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { money } from "../../domain/money.ts";
import type { PaymentOrder } from "../../domain/payment.ts";
import { instant } from "../../domain/time.ts";
import { useDatabase } from "../support/database.ts";
import { BookShop } from "../support/shop.ts";

const db = useDatabase();
let shop: BookShop;
beforeAll(() => {
  shop = new BookShop(db.writer.em);
});

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

/** As the owner, past what keeps the books from being wrong. */
const change = (statement: string, values: unknown[] = []) =>
  db.owner.em.fork().execute(statement, values);

async function paid(): Promise<PaymentOrder> {
  const order = await shop.order();
  const report = {
    kind: "paid",
    reference: `c-${order.id}`,
    paid: order.price,
    at: now(),
  } as const;
  await shop.decide(order, report);
  return order;
}

const now = () => instant(new Date());

test("a trial balance, every kind of disagreement with its place, and an exit code", async () => {
  expect(await books()).toMatchObject({
    code: 0,
    text: expect.stringMatching(/no money has moved/u) as string,
  });
  await shop.open();
  const order = await paid();
  const { code, text } = await books();
  expect(code).toBe(0);
  expect(text).toMatch(/gateway:memory RUB +300\.00 +0\.00 +300\.00/u);
  expect(text).toMatch(/revenue RUB +0\.00 +300\.00 +-300\.00/u);
  expect(text).toMatch(/the books agree/u);

  await change("update payments set state = 'lapsed' where id = ?", [order.id]);
  await change("update charges set returned_minor = 5 where payment_id = ?", [order.id]);
  await change("update subscriptions set paid_until = now() where id = ?", [order.subscriptionId]);
  await change("update charges set use = 'none', price_minor = 0 where payment_id = ?", [
    (await paid()).id,
  ]);
  const wrong = await books();
  expect(wrong.code).toBe(1);
  const kinds = [...wrong.text.matchAll(/^! (\w+) /gmu)].map(([, kind]) => kind);
  expect(new Set(kinds)).toEqual(
    new Set(["wrongState", "wrongClearing", "wrongEnd", "wrongTaken", "grantedWithoutMoney"]),
  );
  expect(wrong.text).toContain(`! wrongState ${order.id}: `);
  expect(wrong.text).toContain(`${kinds.length} disagreements`);
});

test("fees and returns are a part of what a gateway owes", async () => {
  const before = (await books()).text.match(/\d+ disagreements/u)?.[0];
  const order = await shop.order({ plan: "family" });
  const reference = `100%_${order.id}`;
  const fee = money(1_800, "RUB");
  await shop.decide(order, [
    { kind: "paid", reference, paid: order.price, fee, at: now() },
    { kind: "refunded", reference, returned: money(10_000, "RUB") },
  ]);
  const { text } = await books();
  expect(text).toMatch(/fees RUB +18\.00/u);
  expect(text.match(/\d+ disagreements/u)?.[0]).toBe(before);
});

test("amounts are exact, however large, with all decimals of their currency", async () => {
  const most = Number.MAX_SAFE_INTEGER;
  await change(
    `insert into ledger_entries (fact, account, currency, minor)
     values ('f', 'gateway:g', 'GRAM', ?), ('f', 'revenue', 'GRAM', ?)`,
    [most, -most],
  );
  const { text } = await books();
  expect(text).toMatch(/gateway:g GRAM +9007199\.254740991 +0\.000000000 +9007199\.254740991/u);
  expect(text).toMatch(/revenue GRAM +0\.000000000 +9007199\.254740991 +-9007199\.254740991/u);
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
