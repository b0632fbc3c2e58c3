import { expect, test } from "vitest";
import { listCalendars } from "../../client/access.ts";
import { DurableClient } from "../../client/durable.ts";
import type { SubscriptionId } from "../../domain/ids.ts";
import { dayMs } from "../../domain/time.ts";
import { searchAttributes, workflowIds } from "../../workflows/contract/names.ts";
import { needsHuman, revoke, waitForState } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const app = useTestApp();

const statusOf = async (workflowId: string) =>
  (await app.client.workflow.getHandle(workflowId).describe()).status.name;

/** Adds a customer whose calendar an operator has terminated. */
async function addWithoutCalendar(): Promise<{ bob: Person; calendar: string }> {
  const bob = await app.customer();
  const calendar = await app.subscriptionOf(bob);
  await eventually(async () => expect(await statusOf(calendar)).toBe("RUNNING"));
  await app.client.workflow.getHandle(calendar).terminate("an operator's mistake");
  return { bob, calendar };
}

const stageOf = async (workflowId: string) => {
  const described = await app.client.workflow.getHandle(workflowId).describe();
  return described.typedSearchAttributes.get(searchAttributes.stage);
};

/** Adds a customer whose time has ended and whose calendar has no timer. */
async function addSleeping(): Promise<{ bob: Person; calendar: string }> {
  const bob = await app.customer();
  const calendar = await app.subscriptionOf(bob);
  await app.pass(calendar, 4 * dayMs);
  await bob.waitForMessage(/access has ended/u);
  await eventually(async () => expect(await stageOf(calendar)).toBe("expired"));
  return { bob, calendar };
}

const isRunning = (workflowId: string) =>
  eventually(async () => expect(await statusOf(workflowId)).toBe("RUNNING"));

async function runAudit(): Promise<void> {
  await app.client.workflow.getHandle(workflowIds.audit).signal("checkNow");
}

test("a subscription whose calendar was terminated still ends on time, and a purchase still lets in", async () => {
  const { bob } = await addWithoutCalendar();
  await waitForState(app, bob, "active", 1);
  const customer = new TestCustomer(app, bob);
  await app.elapse(4 * dayMs);
  await waitForState(app, bob, "expired", 0);
  const order = await customer.order();
  await customer.pay(order);
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  await waitForState(app, bob, "active", 1);
  await bob.waitForMessage(/Paid\. Your access/u);
});

test("the audit begins a calendar that is gone: it sends what is due", async () => {
  const { bob, calendar } = await addWithoutCalendar();
  await runAudit();
  await isRunning(calendar);
  await app.pass(calendar, 4 * dayMs);
  await bob.waitForMessage(/access has ended/u);
});

test("an audit that cannot be made needs a person until it can be, and repairs nevertheless", async () => {
  const { calendar } = await addWithoutCalendar();
  await app.rows("alter table ledger_entries rename to ledger_entries_away");
  await runAudit();
  await isRunning(calendar);
  await eventually(async () => {
    await runAudit();
    expect(await needsHuman(app, workflowIds.audit)).toBe(true);
  });
  await app.rows("alter table ledger_entries_away rename to ledger_entries");
  await eventually(async () => {
    await runAudit();
    expect(await needsHuman(app, workflowIds.audit)).toBe(false);
  });
});

test("an order that restored books do not have: its money is unmatched, and its workflow ends", async () => {
  const customer = new TestCustomer(app, await app.customer());
  const order = await customer.order();
  await app.rows("delete from payments where id = ? returning id", [order.id]);
  await customer.pay(order);
  expect(await customer.waitForEnd(order.id)).toEqual({ kind: "unmatched" });
  const unmatched = await app.rows("select minor from unmatched where payment_id = ?", [order.id]);
  expect(unmatched).toHaveLength(1);
});

test("the audit ends a calendar whose subscription restored books do not have", async () => {
  const bob = await app.customer();
  const calendar = await app.subscriptionOf(bob);
  await eventually(async () => expect((await bob.listKeys()).length).toBe(1));
  const id = calendar.replace("subscription:", "");
  // The key may arrive first. A calendar that had not read the books yet would end by itself.
  await eventually(async () => {
    const listed = await listCalendars(new DurableClient(app.client));
    expect(listed.get(id as SubscriptionId)).toBeDefined();
  });
  await app.books.em.fork().transactional(async (em) => {
    // As in a restored database: without the triggers that prevent everybody from doing this.
    await em.execute("set local session_replication_role = replica");
    await em.execute("delete from subscriptions where id = ?", [id]);
  });
  await runAudit();
  await eventually(async () => expect(await statusOf(calendar)).toBe("TERMINATED"));
});

test("the audit wakes a calendar that read another end than the books have now", async () => {
  const { bob, calendar } = await addSleeping();
  await app.rows(
    "update subscriptions set grace_ms = grace_ms + 30 * 86400000::bigint where id = ?",
    [calendar.replace("subscription:", "")],
  );
  await runAudit();
  await eventually(async () => expect(await stageOf(calendar)).toBe("grace"));
  await bob.waitForMessage(/VPN stays on until/u);
});

test("a customer's device request is done although the calendar was terminated", async () => {
  const { bob } = await addWithoutCalendar();
  await bob.send("/devices");
  await bob.pressButton(/^device-add$/u);
  await eventually(async () => expect(await bob.listKeys()).toHaveLength(2));
});

test("a revoked subscription is given no key, and its calendar ends again", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  const calendar = await app.subscriptionOf(bob);
  await bob.send("/devices");
  const { messageId } = await bob.button(/^device-add$/u);
  await revoke(admin, bob);
  await eventually(async () => expect(await statusOf(calendar)).toBe("COMPLETED"));
  await bob.forgePress(messageId, "device-add");
  await eventually(async () => {
    const closed = (await bob.listTexts()).filter((text) => /access has been closed/u.test(text));
    expect(closed).toHaveLength(2);
  });
  await eventually(async () => expect(await statusOf(calendar)).toBe("COMPLETED"));
  await waitForState(app, bob, "revoked", 0);
  expect(await bob.listKeys()).toHaveLength(1);
});

test("an admin's extension reaches books, host and customer although the calendar was terminated", async () => {
  const admin = await app.admin();
  const { bob, calendar } = await addWithoutCalendar();
  await admin.send(`/extend ${bob.id} 30`);
  await bob.waitForMessage(/access now runs until/u);
  await isRunning(calendar);
  await app.pass(calendar, 32 * dayMs);
  await bob.waitForMessage(/1 day left/u);
});
