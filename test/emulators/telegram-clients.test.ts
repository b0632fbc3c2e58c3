import type { RequestListener } from "node:http";
import { Bot, InlineKeyboard, InputFile, webhookCallback } from "grammy";
import { Markup, Telegraf } from "telegraf";
import { expect, onTestFinished, test } from "vitest";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { eventually, startReceiver } from "./servers.ts";
import { ask, png, startTelegram, token } from "./telegram-client.ts";

type Telegram = Awaited<ReturnType<typeof startTelegram>>;
/** Starts a bot that greets with a keyboard, edits on a press, then sends a picture and a file. */
type StartBot = (telegram: Telegram) => Promise<unknown>;

const conf = "[Interface]\nAddress = 10.8.0.2/32\n";

function telegrafBot({ url }: Telegram): Telegraf {
  const bot = new Telegraf(token, { telegram: { apiRoot: url } });
  bot.start((context) =>
    context.replyWithHTML(
      "Pick <b>one</b>",
      Markup.inlineKeyboard([[Markup.button.callback("A", "a")]]),
    ),
  );
  bot.action("a", async (context) => {
    await context.answerCbQuery("Taken");
    await context.editMessageText("You took A");
    await context.replyWithPhoto({ source: png }, { caption: "<i>code</i>", parse_mode: "HTML" });
    await context.replyWithDocument({ source: Buffer.from(conf), filename: "wg.conf" });
  });
  return bot;
}

function grammyBot({ url }: Telegram): Bot {
  const bot = new Bot(token, { client: { apiRoot: url } });
  bot.command("start", (context) =>
    context.reply("Pick <b>one</b>", {
      parse_mode: "HTML",
      reply_markup: new InlineKeyboard().text("A", "a"),
    }),
  );
  bot.callbackQuery("a", async (context) => {
    await context.answerCallbackQuery("Taken");
    await context.editMessageText("You took A");
    const caption = { caption: "<i>code</i>", parse_mode: "HTML" } as const;
    await context.replyWithPhoto(new InputFile(png, "qr.png"), caption);
    await context.replyWithDocument(new InputFile(Buffer.from(conf), "wg.conf"));
  });
  return bot;
}

const secret = "s3cret_-";

async function takeWebhook({ call }: Telegram, listener: RequestListener): Promise<void> {
  const url = await startReceiver(listener);
  expect(await call("setWebhook", { url, secret_token: secret })).toMatchObject({ ok: true });
}

const bots: Readonly<Record<string, StartBot>> = {
  "telegraf, polling": async (telegram) => {
    const bot = telegrafBot(telegram);
    void bot.launch().catch(() => undefined);
    onTestFinished(() => bot.stop());
  },
  "grammY, polling": async (telegram) => {
    const bot = grammyBot(telegram);
    void bot.start().catch(() => undefined);
    onTestFinished(() => bot.stop());
  },
  "telegraf, webhook": async (telegram) => {
    const hook = telegrafBot(telegram).webhookCallback("/hook", { secretToken: secret });
    await takeWebhook(telegram, (request, response) => void hook(request, response));
  },
  "grammY, webhook": async (telegram) => {
    const hook = webhookCallback(grammyBot(telegram), "http", { secretToken: secret });
    await takeWebhook(telegram, (request, response) => void hook(request, response));
  },
};

test.for(Object.keys(bots))("a bot written with %s holds a whole conversation", async (kind) => {
  const telegram = await startTelegram();
  await bots[kind]?.(telegram);
  const person = telegram.person(5001);
  await person.say("/start");
  await eventually(async () => expect(await person.chat()).toHaveLength(2));
  const [, greeting] = await person.chat();
  expect(greeting).toMatchObject({
    from: { id: 123456, is_bot: true, username: "tollgate_demo_bot" },
    text: "Pick one",
    entities: [{ type: "bold", offset: 5, length: 3 }],
    reply_markup: { inline_keyboard: [[{ text: "A", callback_data: "a" }]] },
  });

  const pressed = { message_id: greeting?.message_id, data: "a" };
  const answered = await ask(`${person.side}/callbacks?wait=answer`, "POST", pressed);
  expect(answered).toMatchObject({ answer: { text: "Taken", show_alert: false } });
  await eventually(async () => expect(await person.chat()).toHaveLength(4));
  const [, edited, photo, document] = await person.chat();
  expect(edited).toMatchObject({ message_id: greeting?.message_id, text: "You took A" });
  expect(edited).not.toHaveProperty("reply_markup");
  expect(photo).toMatchObject({
    caption: "code",
    caption_entities: [{ type: "italic", offset: 0, length: 4 }],
    photo: [{ width: 1, height: 1, file_size: png.length }],
  });
  expect(document?.document).toMatchObject({ file_name: "wg.conf", file_size: conf.length });
  await expectDownload(telegram, document);
});

async function expectDownload({ url, call, person }: Telegram, message: Message | undefined) {
  const file_id = message?.document?.file_id;
  const { result } = await call<{ file_path: string }>("getFile", { file_id });
  const downloaded = await fetch(`${url}/file/bot${token}/${result.file_path}`);
  expect(await downloaded.text()).toBe(conf);
  const download = await fetch(`${person(5001).side}/files/${file_id}`);
  expect(download.headers.get("content-disposition")).toContain("wg.conf");
  expect(await download.text()).toBe(conf);
}
