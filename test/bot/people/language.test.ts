import { expect, test } from "vitest";
import { type Language, languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { customerSpeaking, shown } from "../people.ts";

const app = useTestApp();

const other = (language: Language): Language => (language === "en" ? "ru" : "en");

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
      expect((await bob.listTexts()).at(-1)).toBe(shown(textsIn(chosen).messaging.help.termsText)),
    );
    await bob.send("/start");
    await eventually(async () =>
      expect((await bob.listTexts()).at(-1)).toContain(textsIn(chosen).access.home.devices(1, 3)),
    );
    const [row] = await app.rows("select language from customers where telegram_id = ?", [bob.id]);
    expect(row).toEqual({ language: chosen });
  },
);

test("changing the language back and forth in one message works each time", async () => {
  const bob = await app.customer();
  await bob.send("/language");
  const { message_id: messageId } = await bob.waitForMessage(/Choose/u);
  for (const language of ["ru", "en", "ru"] as const) {
    await bob.pressButton(new RegExp(`^language:${language}`, "u"));
    // The choice has become the answer, without its buttons.
    await eventually(async () => {
      const page = (await bob.chat()).find(({ message_id: id }) => id === messageId);
      expect(page?.text).toBe(textsIn(language).people.language.changed);
      expect(page?.reply_markup?.inline_keyboard?.flat().map((key) => key.callback_data)).toEqual([
        "home",
      ]);
    });
    await bob.press(messageId, "home");
    await bob.pressButton(/^languages$/u);
    await bob.waitForMessage(new RegExp(textsIn(language).people.language.choose, "u"));
  }
  const answers = (await bob.listTexts()).filter((text) => /The bot now|Теперь бот/u.test(text));
  expect(answers).toEqual([]);
});

test("a phone in an unknown language gets English", async () => {
  const eve = await app.person().become({ language_code: "pt-br" });
  await eve.send("/start");
  await eve.waitForMessage(/A quick check/u);
});
