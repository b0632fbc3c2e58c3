import { randomInt } from "node:crypto";
import { Telegram } from "telegraf";
import type { Update } from "telegraf/types";
import { onTestFinished } from "vitest";
import { type TelegramId, telegramId } from "../../../domain/ids.ts";
import { money } from "../../../domain/money.ts";
import { startTelegramEmulator } from "../../../emulators/telegram/emulator.ts";
import type { StarTransaction } from "../../../emulators/telegram/stars.ts";
import { StarsGateway } from "../../../gateways/payments/stars/adapter.ts";
import { eventually } from "../../drivers/eventually.ts";
import { Person } from "../../drivers/person.ts";
import { ask } from "../../emulators/telegram-client.ts";
import type { GatewayFixture, Step, Trouble } from "./fixture.ts";

export const token = "123456:TEST-secret_part";

export interface StarsFixture extends GatewayFixture {
  readonly gateway: StarsGateway;
  readonly url: string;
  fault(rule: object): Promise<unknown>;
  /** All rows of the bot's Star account. */
  account(): Promise<StarTransaction[]>;
}

const methods: Readonly<Partial<Record<Step, string>>> = {
  issueInvoice: "createInvoiceLink",
  refund: "refundStarPayment",
  statement: "getStarTransactions",
};

const kinds: Readonly<Record<Trouble, string>> = {
  lost: "timeout-after-success",
  dropped: "drop-connection",
  refused: "403",
  "429": "429",
  "500": "500",
  "502": "502",
};

/** The emulated Telegram, its people and their Stars, for one test. */
export async function openStars(): Promise<StarsFixture> {
  const { url, close } = await startTelegramEmulator({ port: 0, token });
  onTestFinished(close);
  const telegram = new Telegram(token, { apiRoot: url });
  const fault = (rule: object) => ask(`${url}/control/faults`, "POST", rule);
  const account = async () => {
    const answer = await telegram.callApi("getStarTransactions" as never, {} as never);
    return (answer as { transactions: StarTransaction[] }).transactions;
  };
  return {
    gateway: new StarsGateway(telegram),
    another: () => new StarsGateway(new Telegram(token, { apiRoot: url })),
    url,
    fault,
    account,
    price: money(150, "XTR"),
    customer: async () => {
      const person = new Person(url, randomInt(10_000, 1_000_000));
      await person.send("/start");
      return telegramId(person.id);
    },
    tellsOnce: true,
    pay: async ({ telegramId: to }, invoice) => {
      if (invoice.kind !== "page") throw new Error("there is no link");
      await payInvoice({ url, telegram }, to, invoice.url);
    },
    returned: async (_order, reference) => {
      const back = (await account()).filter(({ id, receiver }) => receiver && id === reference);
      return back.reduce((sum, { amount }) => sum + amount, 0);
    },
    inject: async (step, trouble) => {
      const method = methods[step];
      if (method === undefined) throw new Error(`${step} makes no call`);
      await fault({ kind: kinds[trouble], method, retry_after: 7, hold_ms: 5, times: 1 });
    },
    secrets: ["TEST-secret_part"],
  };
}

/** A person presses Pay, and the bot accepts; resolves with the bot's checkout query. */
export async function payInvoice(
  { url, telegram }: { readonly url: string; readonly telegram: Telegram },
  person: TelegramId,
  link: string,
): Promise<object> {
  const paying = ask<{ error?: string }>(`${url}/person/${person}/pay`, "POST", { link });
  const query = await eventually(async () => {
    const updates: Update[] = await telegram.getUpdates(0, 100, 0, undefined);
    const asked = updates.findLast((update) => "pre_checkout_query" in update);
    if (asked === undefined) throw new Error("nobody pays");
    await telegram.getUpdates(0, 1, asked.update_id + 1, undefined);
    return asked.pre_checkout_query;
  });
  await telegram.answerPreCheckoutQuery(query.id, true);
  const { error } = await paying;
  if (error !== undefined) throw new Error(error);
  return query;
}
