import { afterEach, expect, test } from "vitest";
import { captchaRules } from "../../domain/people/captcha.ts";
import { channelCheckMs, channelGraceMs } from "../../domain/people/channels.ts";
import { hourMs, minuteMs } from "../../domain/time.ts";
import { searchAttributes, workflowIds } from "../../workflows/contract/names.ts";
import { stateOf, waitForState } from "../drivers/access.ts";
import { checkMembers, openChannel, requireChannels } from "../drivers/channels.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { TestCustomer } from "../drivers/test-customer.ts";
import { useTestApp } from "../drivers/test-app.ts";

const app = useTestApp({ policy: { trialDays: 30 } });

const news = "@tollgate_news";
const newsId = -1_001_000_000_001;

afterEach(() => requireChannels(app, "off"));

const openNews = () => openChannel(app, newsId, { username: news.slice(1), bot: "administrator" });

const stageOf = async (workflowId: string) => {
  const described = await app.client.workflow.getHandle(workflowId).describe();
  return described.typedSearchAttributes.get(searchAttributes.stage);
};

const waitForStage = (workflowId: string, stage: string) =>
  eventually(async () => expect(await stageOf(workflowId)).toBe(stage));

const eventsOf = async (workflowId: string) =>
  (await app.client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];

const timersIn = async (workflowId: string) =>
  (await eventsOf(workflowId)).filter((event) => event.timerStartedEventAttributes != null);

const absenceOf = async ({ id }: Person) => {
  const [row] = await app.rows<{ left: boolean; suspended: boolean }>(
    `select left_channels_at is not null as left, suspended_at is not null as suspended
       from customers where telegram_id = ?`,
    [id],
  );
  return row;
};

test("a shop without channels has no timer, and nobody is looked at", async () => {
  await app.customer();
  await waitForStage(workflowIds.channels, "off");
  expect(await timersIn(workflowIds.channels)).toEqual([]);
  const calls = await fetch(`${app.emulatorUrl}/control/calls`);
  const made = (await calls.json()) as readonly { readonly method: string }[];
  expect(made.filter(({ method }) => method === "getChatMember")).toEqual([]);
});

test("members are looked at once a day, and whoever left is paused when their day is over", async () => {
  await openNews();
  const bob = await app.customer();
  const eve = await app.customer();
  for (const one of [bob, eve]) await one.join(news);
  await requireChannels(app, news);
  await waitForStage(workflowIds.channels, "waiting");
  await bob.leave(news);
  expect(await absenceOf(bob)).toEqual({ left: false, suspended: false });
  await app.pass(workflowIds.channels, channelCheckMs + minuteMs);
  await bob.waitForMessage(/To keep your VPN, join @tollgate_news/u);
  await eve.leave(news);
  await app.pass(workflowIds.channels, channelGraceMs - hourMs);
  expect(await absenceOf(bob)).toEqual({ left: true, suspended: false });
  await app.pass(workflowIds.channels, 2 * hourMs);
  await bob.waitForMessage(/Your VPN is paused/u);
  await waitForState(app, bob, "suspended", 0);
  // The daily look has found that she left, too, and her day has only begun.
  await eve.waitForMessage(/To keep your VPN/u);
  expect(await stateOf(app, eve)).toBe("active");
  const warnings = (await bob.listTexts()).filter((text) => text.includes("To keep your VPN"));
  expect(warnings).toHaveLength(1);
});

test("whoever has paid is neither warned nor paused, and whoever pays is let in at once", async () => {
  await openNews();
  const bob = await app.customer();
  const eve = await app.customer();
  const payer = new TestCustomer(app, bob);
  await payer.pay(await payer.order());
  await bob.waitForMessage(/Paid\. Your access/u);
  await requireChannels(app, news);
  await eve.waitForMessage(/To keep your VPN, join @tollgate_news/u);
  await app.rows(
    `update customers set left_channels_at = left_channels_at - interval '1 day'
      where left_channels_at is not null returning 1`,
  );
  await checkMembers(app);
  await waitForState(app, eve, "suspended", 0);
  expect(await absenceOf(bob)).toEqual({ left: false, suspended: false });
  const late = new TestCustomer(app, eve);
  await late.pay(await late.order());
  await waitForState(app, eve, "active", 1);
  await checkMembers(app);
  expect(await absenceOf(eve)).toEqual({ left: false, suspended: false });
});

test("a newcomer who does not join in a day may press Start again", async () => {
  await openNews();
  await requireChannels(app, news);
  const eve = app.person();
  await eve.send("/start");
  await eve.answerCaptcha();
  await eve.waitForMessage(/One more step/u);
  await eve.send("/start");
  await eventually(async () => {
    const asked = (await eve.listTexts()).filter((text) => text.includes("One more step"));
    expect(asked).toHaveLength(2);
  });
  await app.pass(`signup:${eve.id}`, captchaRules.lapseMs);
  await eve.waitForMessage(/time to join is over/u);
  const ended = await app.client.workflow.getHandle(`signup:${eve.id}`).result();
  expect(ended).toEqual({ kind: "lapsed", at: "channels" });
  await eve.join(news);
  await eve.send("/start");
  await eve.answerCaptcha();
  await eve.waitForMessage(/have your request/u);
});

test("while Telegram is away nobody is let in unchecked, and a newcomer goes on when it is back", async () => {
  await openNews();
  await requireChannels(app, news);
  const fault = (body: object) =>
    fetch(`${app.emulatorUrl}/control/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  await fault({ method: "getChatMember", kind: "502", times: 2 });
  await fault({ method: "getChatMember", kind: "429", times: 1 });
  const eve = app.person();
  await eve.send("/start");
  await eve.answerCaptcha();
  await eve.waitForMessage(/One more step/u);
});
