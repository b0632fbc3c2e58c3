import { expect } from "vitest";
import { requestByLink } from "../../client/access.ts";
import { DurableClient } from "../../client/durable.ts";
import { answerCustomer, closeTicket, writeToSupport } from "../../client/messaging.ts";
import { changeShop } from "../../client/operations.ts";
import { actOnCustomer, changeLanguage, reportReturn } from "../../client/people.ts";
import { deviceId, telegramId } from "../../domain/ids.ts";
import { dayMs } from "../../domain/time.ts";
import { taskQueue, workflowIds } from "../../workflows/contract/names.ts";
import { openChannel } from "../drivers/channels.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { adminId, type FragileProduct, retryUntilDone } from "./fragile-product.ts";

/** Plays what happens to one person, on a product whose worker dies meanwhile. */
type PeopleScenario = (product: FragileProduct, person: Person, admin: Person) => Promise<void>;

/** The time lots that `goThroughTrial` leaves, in days. */
export const trialAndExtension = "trial 3,admin 10";

/** Approved, with a second device for a while, until the trial ends and an admin extends it. */
const goThroughTrial: PeopleScenario = async (product, person, admin) => {
  await askForAccess(person);
  await decide(admin, person, "approve");
  await retryUntilDone(() => person.waitForMessage(/Your key for/u));
  const subscriptionId = await findSubscription(product, person);
  const subscription = product.temporal.client.workflow.getHandle(subscriptionId);
  const deviceId = `01890000-0000-7000-8000-${String(person.id).padStart(12, "0")}`;
  for (const kind of ["add", "reissue", "rename", "revoke"] as const) {
    const request = { requestId: `${kind}-${person.id}`, kind, deviceId, name: "Second" };
    await retryUntilDone(() => subscription.signal("deviceRequested", request));
  }
  await retryUntilDone(() => person.waitForMessage(/is removed/u));
  await product.pass(subscriptionId, 3 * dayMs + 1);
  await retryUntilDone(() => person.waitForMessage(/access has ended/u));
  const client = new DurableClient(product.temporal.client);
  const act = { kind: "extend", customer: telegramId(person.id), days: 10 } as const;
  const request = { requestId: `extend-${person.id}`, by: telegramId(adminId), act };
  await retryUntilDone(() => actOnCustomer(client, request));
  await retryUntilDone(() => person.waitForMessage(/access now runs until/u));
  await person.become({ username: newNameOf(person) });
  const change = { telegramId: telegramId(person.id), language: "ru" } as const;
  await retryUntilDone(() => changeLanguage(client, `language-${person.id}`, change));
  await retryUntilDone(() => person.waitForMessage(/говорит по-русски/u));
  await product.waitForEnd(workflowIds.adminAct(request.requestId));
  await waitForNewName(product, person);
};

const beRejected: PeopleScenario = async (_product, person, admin) => {
  await askForAccess(person);
  await decide(admin, person, "reject");
  await retryUntilDone(() => person.waitForMessage(/Your request was declined/u));
};

/** Nobody decides until the approval lapses. */
const getNoDecision: PeopleScenario = async (product, person) => {
  await askForAccess(person);
  const approval = `approval:signup:${person.id}`;
  await retryUntilDone(() => product.temporal.client.workflow.getHandle(approval).describe());
  await product.pass(approval, dayMs);
  await product.pass(approval, 7 * dayMs);
  await retryUntilDone(() => person.waitForMessage(/did not get to your request/u));
  await product.waitForEnd(`signup:${person.id}`);
};

/** An operator terminates the approval before anybody has decided. */
const loseTheApproval: PeopleScenario = async (product, person) => {
  await askForAccess(person);
  const approval = product.temporal.client.workflow.getHandle(`approval:signup:${person.id}`);
  await retryUntilDone(() => approval.terminate("an operator's mistake"));
  await retryUntilDone(() => person.waitForMessage(/did not get to your request/u));
  await product.waitForEnd(`signup:${person.id}`);
};

/** A person who waits for approval asks support, is answered, and the conversation is closed. */
const askSupport: PeopleScenario = async (product, person) => {
  await askForAccess(person);
  const client = new DurableClient(product.temporal.client);
  const of = telegramId(person.id);
  const by = telegramId(adminId);
  const named = (what: string) => ({ requestId: `${what}-${person.id}` });
  const words = { text: `words of ${person.id}` };
  await retryUntilDone(() => writeToSupport(client, of, { ...named("question"), words }));
  await retryUntilDone(() => answerCustomer(client, of, { ...named("answer"), words, by }));
  await retryUntilDone(() => person.waitForMessage(new RegExp(`words of ${person.id}`, "u")));
  await retryUntilDone(() => closeTicket(client, of, { ...named("close"), by }));
  await retryUntilDone(() => person.waitForMessage(/have closed your question/u));
  await product.waitForEnd(workflowIds.ticket(of));
  const kept = "select 1 from ticket_messages where key in (?, ?)";
  const keys = [named("question").requestId, named("answer").requestId];
  expect(await product.rows(kept, keys)).toHaveLength(2);
};

/** A phone fetches the link of a customer's device; no source and no file are behind it. */
const useLinks: PeopleScenario = async (product, person, admin) => {
  await askForAccess(person);
  await decide(admin, person, "approve");
  await retryUntilDone(() => person.waitForMessage(/Your key for/u));
  const [own] = await product.rows<{ device: string; access: string }>(
    `select a.device_id as device, a.id as access from accesses a
       join subscriptions s on s.id = a.subscription_id
       join customers c on c.id = s.customer_id where c.telegram_id = ?`,
    [person.id],
  );
  const client = new DurableClient(product.temporal.client, 20_000);
  const hwid = { deviceId: deviceId(own!.device), hash: `${person.id}`, name: "Phone" };
  const ask = (request: Parameters<typeof requestByLink>[1]) =>
    retryUntilDone(() => requestByLink(client, request));
  expect(await ask({ kind: "hwid", ...hwid })).toBe("done");
  // Under an id with the person's number, by which the worker knows whose step it dies at.
  const source = await retryUntilDone(() =>
    product.temporal.client.workflow.execute("linkRequest", {
      taskQueue,
      workflowId: workflowIds.linkRequest(`source/${person.id}`),
      workflowIdConflictPolicy: "USE_EXISTING",
      args: [{ kind: "source", accessId: own!.access }],
    }),
  );
  expect(source).toBe("refused");
  const file = { tokenHash: `${person.id}`, requestId: `file-${person.id}` };
  expect(await ask({ kind: "file", ...file })).toBe("refused");
  const counted = "select name from link_hwids where hash = ?";
  expect(await product.rows(counted, [hwid.hash])).toEqual([{ name: "Phone" }]);
};

/** An admin renames the shop after the person. */
const changeTheShop: PeopleScenario = async (product, { id }) => {
  const client = new DurableClient(product.temporal.client);
  const change = { kind: "setting", key: "name", value: `Shop of ${id}` } as const;
  const request = { requestId: `shop-${id}`, by: telegramId(adminId), change };
  const result = await retryUntilDone(() => changeShop(client, request));
  expect(result).toEqual({ kind: "changed" });
  const query = "select value from shop_settings where request_id = ?";
  expect(await product.rows(query, [request.requestId])).toEqual([{ value: `Shop of ${id}` }]);
};

/** The channel of `joinTheChannel`, in every product of its own. */
const channel = { id: -1_001_000_000_077, username: "tollgate_channel" } as const;

/**
 * An owner requires a channel: a newcomer has to join it, and a customer who left it, was suspended
 * and says that they are back is let in. Everybody of this product is asked from then on.
 */
const joinTheChannel: PeopleScenario = async (product, person, admin) => {
  await openChannel({ emulatorUrl: product.telegramUrl }, channel.id, {
    username: channel.username,
  });
  const client = new DurableClient(product.temporal.client, 20_000);
  const change = { kind: "setting", key: "channels", value: `@${channel.username}` } as const;
  const by = telegramId(adminId);
  const request = { requestId: `channels-${person.id}`, by, change };
  const result = await retryUntilDone(() => changeShop(client, request));
  expect(result).toMatchObject({ channels: [{ kind: "ready" }] });
  await person.send("/start");
  await retryUntilDone(() => person.answerCaptcha());
  await retryUntilDone(() => person.waitForMessage(/One more step/u));
  await person.join(`@${channel.username}`);
  await retryUntilDone(async () => {
    await person.pressButton(/^joined$/u).catch(() => undefined);
    await person.waitForMessage(/(?:have|looking at) your request/u);
  });
  await decide(admin, person, "approve");
  await retryUntilDone(() => person.waitForMessage(/Your key for/u));
  await product.rows(
    `update customers set left_channels_at = now() - interval '2 days', suspended_at = now()
      where telegram_id = ? returning 1`,
    [person.id],
  );
  const press = { telegramId: telegramId(person.id), requestId: `back-${person.id}` };
  await retryUntilDone(() => reportReturn(client, press));
  await retryUntilDone(() => person.waitForMessage(/access is back/u));
};

/** Each takes other steps of the workflows of people. */
export const peopleScenarios = {
  goThroughTrial,
  beRejected,
  getNoDecision,
  loseTheApproval,
  writeToSupport: askSupport,
  changeTheShop,
  useLinks,
  joinTheChannel,
} as const;

async function askForAccess(person: Person): Promise<void> {
  await person.send("/start");
  await retryUntilDone(() => person.answerCaptcha());
  await retryUntilDone(() => person.waitForMessage(/(?:have|looking at) your request/u));
}

/**
 * Presses the button of the request itself or, when too many wait for one message each, opens the
 * list of them.
 */
async function decide(admin: Person, { id }: Person, verdict: "approve" | "reject") {
  await retryUntilDone(async () => {
    try {
      await admin.pressButton(new RegExp(`^decide:signup:${id}:\\w+:${verdict}$`, "u"));
    } catch (error) {
      // A rejection begins with the question why.
      const first =
        verdict === "reject" ? `^reject:signup:${id}:|^admin-pending$` : "^admin-pending$";
      await admin.pressButton(new RegExp(first, "u"));
      throw error;
    }
  });
}

async function findSubscription(product: FragileProduct, { id }: Person): Promise<string> {
  return retryUntilDone(async () => {
    const [row] = await product.rows<{ id: string }>(
      `select s.id from subscriptions s join customers c on c.id = s.customer_id
        where c.telegram_id = ?`,
      [id],
    );
    if (row === undefined) throw new Error(`${id} has no subscription`);
    return `subscription:${row.id}`;
  });
}

const newNameOf = ({ id }: Person): string => `renamed_${id}`;

/** The bot alone answers these, each in other words: `checkSentOnce` allows no text twice. */
const readingCommands = ["/help", "/support", "/terms", "/balance"];
const nameTimeoutMs = 10_000;

/**
 * A name that Temporal did not take in time is lost with its update;
 * the next update brings it again.
 */
async function waitForNewName(product: FragileProduct, person: Person): Promise<void> {
  for (const command of readingCommands) {
    await retryUntilDone(() => person.send(command));
    const isKnown = await eventually(() => checkNewName(product, person), nameTimeoutMs).then(
      () => true,
      () => false,
    );
    if (isKnown) return;
  }
  await checkNewName(product, person);
}

async function checkNewName(product: FragileProduct, person: Person): Promise<void> {
  const query = "select 1 from customers where telegram_id = ? and username = ?";
  expect(await product.rows(query, [person.id, newNameOf(person)])).toHaveLength(1);
}
