import { expect, test } from "vitest";
import { type Language, languages } from "../../../domain/people/customer.ts";
import type { Instant } from "../../../domain/time.ts";
import { bytesIn, momentIn, textsIn } from "../../../texts/index.ts";
import { signals, workflowIds } from "../../../workflows/contract/names.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { customerSpeaking, devicesOf } from "../people.ts";

const app = useTestApp();

/** The visible text of an HTML text. */
const shown = (html: string) =>
  html
    .replaceAll(/<[^>]+>/gu, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

const other = (language: Language): Language => (language === "en" ? "ru" : "en");

/**
 * Makes the host's reconciler read the counters, and waits until a device's traffic is in
 * the database.
 */
async function countTraffic(deviceId: string): Promise<void> {
  const reconciler = app.client.workflow.getHandle(workflowIds.host(app.hostId));
  await reconciler.signal(signals.checkNow);
  await eventually(async () => {
    const counted = await app.rows(
      "select 1 from traffic_counters where device_id = ? and uploaded > 0",
      [deviceId],
    );
    expect(counted).toHaveLength(1);
  });
}

test.each(languages)("/help, /support and /terms say what they are for (%s)", async (language) => {
  const texts = textsIn(language);
  const bob = await customerSpeaking(app, language);
  for (const [command, wanted] of [
    ["/help", shown(texts.messaging.help.customer)],
    [
      "/support",
      shown(
        `${texts.messaging.support.contact("@help")}\n${texts.messaging.support.yourNumber(bob.id)}`,
      ),
    ],
    ["/terms", shown(texts.messaging.help.terms)],
    ["/nonsense", shown(texts.messaging.answer.unknownCommand)],
    ["hello", shown(texts.messaging.answer.unknownCommand)],
  ] as const) {
    await bob.send(command);
    await eventually(async () => expect((await bob.listTexts()).at(-1)).toBe(wanted));
  }
});

test.each(languages)(
  "a newcomer is helped in their language without being anybody yet (%s)",
  async (language) => {
    const texts = textsIn(language);
    const eve = await app.person().become({ language_code: language });
    await eve.send("/start");
    await eve.button(/^captcha:1:/u);
    await eve.send("/help");
    await eve.waitForMessage(new RegExp(shown(texts.messaging.help.newcomer).slice(0, 20), "u"));
    await eve.send("/usage");
    await eventually(async () =>
      expect((await eve.listTexts()).at(-1)).toBe(texts.messaging.answer.pressStart),
    );
  },
);

test("an admin's help lists what only admins can do", async () => {
  const admin = await app.admin();
  await admin.send("/help");
  await admin.waitForMessage(/For administrators[^]*\/find/u);
});

test.each(languages)("/usage shows what the host has counted (%s)", async (language) => {
  const texts = textsIn(language);
  const bob = await customerSpeaking(app, language);
  await bob.send("/usage");
  await bob.waitForMessage(new RegExp(texts.access.traffic.none, "u"));
  const [device] = await devicesOf(app, bob);
  app.host.carry(device!.public_key, 5_000, 3 * 1024 ** 3);
  await countTraffic(device!.id);
  await bob.send("/usage");
  const [down, up] = [bytesIn(language, 3 * 1024 ** 3), bytesIn(language, 5_000)];
  const received = await bob.waitForMessage(
    new RegExp(texts.access.traffic.today("", "").slice(0, 6), "u"),
  );
  expect(received.text).toContain(
    shown(texts.access.traffic.line(device!.name, down, up, texts.access.seen.now)),
  );
  expect(received.text).toContain(texts.access.traffic.today(down, up));
  const [{ until } = { until: "" }] = await app.rows<{ until: string }>(
    `select s.paid_until as until from subscriptions s join customers c on c.id = s.customer_id
      where c.telegram_id = ?`,
    [bob.id],
  );
  const instant = new Date(until).toISOString() as Instant;
  expect(received.text).toContain(texts.access.traffic.until(momentIn(language, instant)));
});

test.each(languages)(
  "the chosen language holds for everything said after it (%s)",
  async (language) => {
    const chosen = other(language);
    const bob = await customerSpeaking(app, language);
    await bob.send("/language");
    await bob.waitForMessage(new RegExp(textsIn(language).people.language.choose, "u"));
    const pressed = await bob.pressButton(new RegExp(`^language:${chosen}$`, "u"));
    expect(pressed.answer?.text).toBe(textsIn(chosen).people.language.name);
    await bob.waitForMessage(new RegExp(textsIn(chosen).people.language.changed, "u"));
    await bob.send("/terms");
    await eventually(async () =>
      expect((await bob.listTexts()).at(-1)).toBe(shown(textsIn(chosen).messaging.help.terms)),
    );
    await bob.send("/start");
    await eventually(async () =>
      expect((await bob.listTexts()).at(-1)).toBe(shown(textsIn(chosen).people.signup.welcomeBack)),
    );
    const [row] = await app.rows("select language from customers where telegram_id = ?", [bob.id]);
    expect(row).toEqual({ language: chosen });
  },
);

test("changing the language back and forth in one message works each time", async () => {
  const bob = await app.customer();
  await bob.send("/language");
  await bob.waitForMessage(/Choose/u);
  for (const language of ["ru", "en", "ru"] as const) {
    const before = (await bob.listTexts()).length;
    await bob.pressButton(new RegExp(`^language:${language}`, "u"));
    await eventually(async () =>
      expect((await bob.listTexts()).slice(before)).toEqual([
        textsIn(language).people.language.changed,
      ]),
    );
  }
});

test("a phone in an unknown language gets English", async () => {
  const eve = await app.person().become({ language_code: "pt-br" });
  await eve.send("/start");
  await eve.waitForMessage(/A quick check/u);
});
