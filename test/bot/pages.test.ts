import { expect, test } from "vitest";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { BotCustomer, memoryGateway, starsAnd } from "./bot-customer.ts";

const memory = memoryGateway();
const app = useTestApp({ gateways: starsAnd(memory) });

/** Copies a row `times` times; `change` is a JSON object in SQL, where n counts the copies. */
const copies = (
  table: string,
  where: string,
  { times, change }: { times: number; change: string },
) =>
  app.rows(
    `insert into ${table} select (jsonb_populate_record(null::${table},
       to_jsonb(r) || jsonb_build_object(${change}))).*
       from ${table} r, generate_series(1, ${times}) n where ${where} returning 1`,
  );

const longName = `'<&>' || n || ' ' || repeat('😀', 27)`;

async function press(person: Person, message: Message, data: string): Promise<Message> {
  await person.press(message.message_id, data);
  return eventually(async () => {
    const chat = await person.chat();
    const now = chat.find(({ message_id: id }) => id === message.message_id)!;
    expect(JSON.stringify(now)).not.toBe(JSON.stringify(message));
    return now;
  });
}

const buttonsOf = (page: Message) => (page.reply_markup?.inline_keyboard ?? []).flat();

/**
 * Turns all pages of a list from the first on; resolves with the data of every button that it saw.
 */
async function turnAllPages(
  person: Person,
  first: Message,
): Promise<{ data: string[]; pages: number; words: string }> {
  const data = new Set<string>();
  let words = "";
  let page = first;
  for (let pages = 1; ; pages += 1) {
    for (const { callback_data: one = "" } of buttonsOf(page)) data.add(one);
    words += `\n${page.text}`;
    const next = buttonsOf(page).find(({ text }) => text.endsWith("▶"));
    if (next === undefined) {
      const back = buttonsOf(page).find(({ text }) => text.startsWith("◀"));
      if (back !== undefined) await press(person, page, back.callback_data ?? "");
      return { data: [...data], pages, words };
    }
    page = await press(person, page, next.callback_data ?? "");
  }
}

async function openList(person: Person, command: string, wanted: RegExp): Promise<Message> {
  const before = (await person.chat()).at(-1)?.message_id ?? 0;
  await person.send(command);
  return eventually(async () => {
    const found = (await person.chat(before)).find(
      ({ from, text }) => from.is_bot && wanted.test(text ?? ""),
    );
    if (found === undefined) throw new Error(`no answer to ${command}`);
    return found;
  });
}

const ofKind = (data: readonly string[], kind: string) =>
  data.filter((one) => one.startsWith(kind));

test("a hundred devices are each within reach, and so is what they used", async () => {
  const bob = await app.customer();
  const own = `subscription_id = (select s.id from subscriptions s join customers c
    on c.id = s.customer_id where c.telegram_id = ${bob.id})`;
  const change = `'id', gen_random_uuid(), 'name', ${longName}, 'created_at', now()`;
  await copies("devices", own, { times: 99, change });
  await app.rows(
    `insert into traffic_counters
       (device_id, identity, epoch, uploaded_raw, downloaded_raw, uploaded, downloaded, updated_at)
       select id, 'key of ' || id, '1', 0, 0, 1000, 5000, now() from devices where ${own} returning 1`,
  );
  const seen = await turnAllPages(bob, await openList(bob, "/devices", /Your devices: 100 of/u));
  expect(ofKind(seen.data, "device-open:")).toHaveLength(100);
  expect(seen.pages).toBeGreaterThanOrEqual(5);
  const used = await turnAllPages(bob, await openList(bob, "/usage", /Your traffic/u));
  expect(used.words.match(/•/gu)).toHaveLength(100);
  const admin = await app.admin();
  const card = await openList(admin, `/find ${bob.id}`, /👤/u);
  expect(card.text).toMatch(/Devices: .*\+96$/mu);
});

test("all payments are within reach of their customer and of an admin", async () => {
  const bob = new BotCustomer(app, await app.customer());
  const id = await bob.buy("month", "memory", "RUB");
  const change = `'id', gen_random_uuid(), 'memo', 'memo' || n, 'invoice_reference', 'r' || n,
    'state', 'lapsed', 'closed_at', now(), 'next_lookup_at', null, 'opened_at', now() - n * interval '1 hour'`;
  await copies("payments", `id = '${id}'`, { times: 45, change });
  const mine = await turnAllPages(
    bob.person,
    await openList(bob.person, "/payments", /Your payments/u),
  );
  expect([mine.words.match(/•/gu)?.length, mine.pages]).toEqual([46, 5]);
  expect(ofKind(mine.data, "cancel-payment:")).toEqual([`cancel-payment:${id}:1`]);
  const admin = await app.admin();
  const found = await turnAllPages(
    admin,
    await openList(admin, `/payment ${bob.person.id}`, /Found 46/u),
  );
  expect(ofKind(found.data, "payment:")).toHaveLength(46);
  await openList(admin, `/find ${bob.person.id}`, /👤/u);
  await admin.pressButton(new RegExp(`^payments-of:${bob.person.id}$`, "u"));
  const all = await turnAllPages(admin, await admin.waitForMessage(/Payments of/u));
  expect(ofKind(all.data, "payment:")).toHaveLength(46);
});

test("all approvals, search results and unmatched payments are within reach of an admin", async () => {
  const admin = await app.admin();
  const eve = await app.person().become({ first_name: "Константин Константинопольский" });
  await eve.askForAccess();
  await admin.button(new RegExp(`^decide:signup:${eve.id}:`, "u"));
  const person = `'id', gen_random_uuid(), 'telegram_id', 7000000 + n, 'username', null,
    'last_name', ${longName}`;
  await copies("customers", `telegram_id = ${eve.id}`, { times: 60, change: person });
  const asked = `'approval_id', 'signup:' || (7000000 + n), 'customer_id',
    (select id from customers where telegram_id = 7000000 + n)`;
  await copies("approvals", `approval_id = 'signup:${eve.id}'`, { times: 60, change: asked });
  await openList(admin, "/admin", /Admin menu/u);
  await admin.pressButton(/^admin-pending$/u);
  const waiting = await turnAllPages(admin, await admin.waitForMessage(/Waiting: 61/u));
  expect(
    ofKind(waiting.data, "listed:signup:").filter((one) => one.endsWith(":approve")),
  ).toHaveLength(61);
  const about = `'host', 'one', 'count', 12`;
  const refund = `'amount', jsonb_build_object('minor', 30000, 'currency', 'RUB'), 'gateway', 'memory', 'reason', 'twice'`;
  await app.rows(
    `insert into approvals (approval_id, ask, kind, customer_id, subject, state, asked_at)
     select 'host:a', '0123abcd', 'removals', null, jsonb_build_object('kind', 'removals', ${about}), 'open', now()
     union all
     select 'refund:a', '0123abcd', 'refund', id, jsonb_build_object('kind', 'refund', ${refund}), 'open', now()
       from customers where telegram_id = ${eve.id} returning 1`,
  );
  await admin.pressButton(/^admin$/u);
  await admin.pressButton(/^admin-pending$/u);
  const all = await turnAllPages(admin, await admin.waitForMessage(/Waiting: 63/u));
  expect(all.data).toEqual(
    expect.arrayContaining(["listed:host:a:0123abcd:approve", "listed:refund:a:0123abcd:reject"]),
  );
  expect(all.words).toMatch(/🧹 one: remove 12 extra peers/u);
  expect(all.words).toMatch(/↩️ 300 ₽, .*\(.*twice.*\) .*Константин/u);
  // Longer than a button's data: the pages search for its beginning.
  const name = "/find константин константинопольский";
  const found = await turnAllPages(admin, await openList(admin, name, /Found 61/u));
  expect(ofKind(found.data, "customer:")).toHaveLength(61);
  await app.rows(
    `insert into unmatched (gateway, reference, payment_id, minor, currency, evidence, at, state)
       select 'memory', repeat('<&>', 40) || n, gen_random_uuid(), 100 + n, 'RUB', 'written for this test', now(), 'open'
         from generate_series(1, 55) n returning 1`,
  );
  const money = await turnAllPages(admin, await openList(admin, "/unmatched", /❓/u));
  expect(ofKind(money.data, "ignore:")).toHaveLength(55);
  await app.rows(
    "update unmatched set state = 'ignored' where evidence = 'written for this test' returning 1",
  );
});
