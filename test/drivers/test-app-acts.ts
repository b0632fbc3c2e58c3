import type { Client, Connection } from "@temporalio/client";
import { type Database, queriesOf } from "../../db/orm.ts";
import { eventually } from "./eventually.ts";
import { type AheadClock, setDatabaseClock } from "./one-clock.ts";
import { Person } from "./person.ts";
import { advance } from "./time-skipping.ts";

/** The admin's Telegram id. */
export const adminId = 1001;

/** Workflow ids contain Telegram ids: each person of a test run needs a new one. */
let lastPerson = 50_000;

interface OpenApp {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  readonly emulatorUrl: string;
  readonly books: Database;
  readonly clock: AheadClock;
  /** The database has the app's clock. */
  readonly hasOneClock: boolean;
}

/** What people do in a test app, and how time passes there. */
export function testAppActions(ready: OpenApp) {
  const person = (id = (lastPerson += 1)) => new Person(ready.emulatorUrl, id);
  const rows = async <Row>(query: string, values: unknown[] = []) =>
    await ready.books.em.fork().execute<Row[]>(query, values);
  const query = () => queriesOf(ready.books.em.fork());
  const admin = async (id = adminId) => {
    const one = person(id);
    if ((await one.chat()).length === 0) await one.send("/start");
    await eventually(async () => {
      const [row] = await rows("select role from customers where telegram_id = ?", [id]);
      if (row === undefined) throw new Error(`${id} is not an admin yet`);
    });
    return one;
  };
  const customer = async () => {
    const one = person();
    const decider = await admin();
    await one.askForAccess();
    await decider.pressButton(new RegExp(`^decide:signup:${one.id}:\\w+:approve$`, "u"));
    await one.waitForMessage(/Your key for|Ваш ключ/u);
    return one;
  };
  const subscriptionOf = ({ id }: Person) =>
    eventually(async () => {
      const [row] = await rows<{ id: string }>(
        "select s.id from subscriptions s join customers c on c.id = s.customer_id where c.telegram_id = ?",
        [id],
      );
      if (row === undefined) throw new Error(`${id} has no subscription`);
      const workflowId = `subscription:${row.id}`;
      // The first key may arrive before the calendar has begun.
      await ready.client.workflow.getHandle(workflowId).describe();
      return workflowId;
    });
  const elapse = async (ms: number) => {
    ready.clock.aheadMs += ms;
    if (ready.hasOneClock) await setDatabaseClock(ready.books, ready.clock);
    await rows("select pg_notify('hosts', '')");
  };
  const pass = async (workflowId: string, ms: number) => {
    await elapse(ms);
    await advance(ready.connection, ready.namespace, { workflowId, ms });
  };
  const now = () => new Date(Date.now() + ready.clock.aheadMs);
  return { person, rows, query, admin, customer, subscriptionOf, pass, elapse, now };
}
