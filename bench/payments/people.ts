import { addFirstDevice } from "../../activities/access/first-device.ts";
import { startCalendar } from "../../client/access.ts";
import { DurableClient } from "../../client/durable.ts";
import { openSubscription } from "../../db/access/subscriptions.ts";
import { bookTime } from "../../db/access/time-lots.ts";
import { inTransaction } from "../../db/orm.ts";
import { Customers } from "../../db/people/customers.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { type CustomerId, type TelegramId, telegramId } from "../../domain/ids.ts";
import { dayMs, instant } from "../../domain/time.ts";
import { newAccess } from "../../gateways/hosts/registry.ts";
import { Person } from "../../test/drivers/person.ts";
import { waitUntil } from "../../tools/servers/process.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { concurrently } from "./concurrently.ts";
import type { Environment } from "./environment.ts";

/** A customer with active access. */
export interface Customer {
  readonly person: Person;
  readonly telegramId: TelegramId;
  readonly customerId: CustomerId;
  /** The workflow id of their subscription. */
  readonly calendar: string;
  /** The newest message they have read, so that a long chat is not read again. */
  lastMessageId: number;
}

const firstPerson = 2_000_000;
const trialMs = 3 * dayMs;

/**
 * Admits customers as signup does, each with a trial, a device and a calendar. Resolves when all
 * have their keys.
 */
export async function admitCustomers(
  environment: Environment,
  people: number,
): Promise<readonly Customer[]> {
  const ids = Array.from({ length: people }, (_, place) => firstPerson + place);
  const customers = await concurrently(ids, 10, (id) => admitCustomer(environment, id));
  await waitUntil(() => allHaveKeys(environment), {
    what: "all customers' keys",
    timeoutMs: 120_000,
  });
  for (const customer of customers) {
    customer.lastMessageId = (await customer.person.chat()).at(-1)?.message_id ?? 0;
  }
  return customers;
}

async function admitCustomer(environment: Environment, id: number): Promise<Customer> {
  const { books, client, telegramUrl } = environment;
  const person = new Person(telegramUrl, id);
  await person.send("/start");
  const now = instant(new Date());
  const known = { telegramId: telegramId(id), firstName: "Ann", languageCode: "en" };
  await new Customers(books.em).register(known, { role: "customer", referrer: undefined, now });
  const ref = await openAccess(environment, telegramId(id));
  await startCalendar(new DurableClient(client), ref);
  const calendar = workflowIds.subscription(ref.id);
  return {
    person,
    telegramId: telegramId(id),
    customerId: ref.customerId,
    calendar,
    lastMessageId: 0,
  };
}

function openAccess({ books, vault }: Environment, of: TelegramId): Promise<SubscriptionRef> {
  const devices = { vault, newAccess, chooseName: async () => "Device 1" };
  const now = instant(new Date());
  return inTransaction(books.em, async (db) => {
    const opened = await openSubscription(db, of);
    if (opened === undefined) throw new Error(`customer ${of} is blocked`);
    const { ref, locked } = opened;
    await bookTime(db, locked, [{ kind: "trial", cause: `trial/${ref.id}`, ms: trialMs, at: now }]);
    await addFirstDevice(devices, db, { ref, now });
    return ref;
  });
}

async function allHaveKeys({ books }: Environment): Promise<boolean> {
  const [waiting]: { accesses: number; messages: number }[] = await books.em.fork().execute(
    `select (select count(*)::int from accesses where given_at is null) as accesses,
            (select count(*)::int from messages where state = 'waiting') as messages`,
  );
  return waiting?.accesses === 0 && waiting.messages === 0;
}
