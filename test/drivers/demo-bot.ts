import { toBuffer } from "qrcode";
import { Input, Markup, Telegraf } from "telegraf";

/** The admin's Telegram id. */
export const adminId = 1001;
export const keyFile = Buffer.from(
  "[Interface]\nPrivateKey = made-for-a-test\nAddress = 10.8.0.2/32\n",
);
export const wrongAnswer = "That is an apple. Two tries are left.";
const markup = [
  "<b>bold <i>both</i></b> <code>short</code> <tg-spoiler>hidden</tg-spoiler>",
  `<a href="https://example.org/terms">terms</a> @tollgate /help 😀 <s>old</s>`,
  `<blockquote expandable><code>vpn://${"key".repeat(150)}</code></blockquote>`,
  "<pre>line one\nline two</pre>",
  "&lt;img src=x onerror=\"document.title='broken'\"&gt;",
].join("\n");

export const soldOut = "Sold out. Nothing was charged; choose another plan.";

const month = (payload: string) => ({
  title: "Month",
  description: "Month: VPN access for 30 days",
  payload,
  currency: "XTR",
  prices: [{ label: "Month", amount: 1_250 }],
  provider_token: "",
});

/**
 * /buy and /forwarded send invoices in Stars, of which the second is refused;
 * /page sends a link to a page.
 */
function addShop(bot: Telegraf): void {
  bot.command("buy", (context) => context.replyWithInvoice(month("good")));
  bot.command("forwarded", (context) => context.replyWithInvoice(month("bad")));
  bot.on("pre_checkout_query", (context) => {
    const isGood = context.preCheckoutQuery.invoice_payload === "good";
    return context.answerPreCheckoutQuery(isGood, isGood ? undefined : soldOut);
  });
  bot.on("successful_payment", (context) => context.reply("Thirty days are yours."));
  bot.command("page", (context) => {
    const url = context.payload;
    return context.reply("Pay there", Markup.inlineKeyboard([Markup.button.url("💳 Pay", url)]));
  });
}

/**
 * Starts a small bot with one example of everything that the page can show. It polls until `stop`.
 */
export async function startDemoBot(apiRoot: string) {
  const bot = new Telegraf("123456:TEST", { telegram: { apiRoot } });
  const fruits = Markup.inlineKeyboard([
    Markup.button.callback("Apple", "apple"),
    Markup.button.callback("Lemon", "lemon"),
  ]);
  bot.start((context) => context.reply("Which one is the lemon?", fruits));
  bot.action("apple", (context) => context.answerCbQuery(wrongAnswer, { show_alert: true }));
  bot.action("lemon", async (context) => {
    await context.answerCbQuery("Correct!");
    await context.editMessageText("Thank you, an admin looks at it.");
    const name = context.from.first_name;
    await bot.telegram.sendMessage(adminId, `${name} asks for access.`).catch(() => undefined);
  });
  bot.command("key", async (context) => {
    const picture = await toBuffer(keyFile.toString(), { width: 512 });
    await context.replyWithPhoto(Input.fromBuffer(picture, "qr.png"), { caption: "Scan this" });
    await context.replyWithDocument(Input.fromBuffer(keyFile, "tollgate-bob.conf"));
  });
  bot.command("markup", (context) => context.replyWithHTML(markup));
  addShop(bot);
  bot.command("name", (context) =>
    context.reply("What shall it be called?", { reply_markup: { force_reply: true } }),
  );
  bot.on("text", (context) => {
    const { message } = context;
    const repliedTo = "reply_to_message" in message ? message.reply_to_message : undefined;
    const question = repliedTo && "text" in repliedTo ? repliedTo.text : "nothing";
    return context.reply(`"${message.text}" answers "${question}"`);
  });
  const ready = Promise.withResolvers<void>();
  const polling = bot.launch(() => ready.resolve());
  polling.catch(ready.reject);
  await ready.promise;
  let stopped: Promise<void> | undefined;
  const stop = () => {
    if (stopped === undefined) bot.stop();
    return (stopped ??= polling.catch(() => undefined));
  };
  return { telegram: bot.telegram, stop };
}
