import type { Composer } from "telegraf";
import type { Button, ButtonPart, ReadValues } from "../../domain/messaging/buttons.ts";
import { type AdminCommand, handlerOf } from "../command-menu.ts";
import type { BotContext } from "../context.ts";
import { answerPress, say, show } from "../request.ts";
import type { StaffHandler } from "../permissions.ts";
import { staffOnly } from "./staff-only.ts";
import type { Page } from "./paging.ts";

type Bot = Composer<BotContext>;

/** `payload` is the text after the command. */
type CommandHandler = (context: BotContext, payload: string) => Promise<void> | void;

type ButtonHandler<Parts> = (
  context: BotContext,
  values: ReadValues<Parts>,
) => Promise<void> | void;

/** Registers what a command does; its handler has its name in metrics and logs. */
export function onCommand(bot: Bot, command: string, handle: CommandHandler): void {
  bot.command(command, handleCommand(command, handle));
}

/** Registers what a command does that needs a permission. */
export function onAdminCommand(bot: Bot, command: AdminCommand, handle: CommandHandler): void {
  const handler = handlerOf[command];
  bot.command(command, staffOnly(handler), handleCommand(handler, handle));
}

/** Registers what a press does; `name` is the handler's name in metrics and logs. */
export function onButton<Parts>(
  bot: Bot,
  button: Button<Parts>,
  name: string,
  handle: ButtonHandler<Parts>,
): void {
  bot.action(button.pattern, handlePress(button, name, handle));
}

/** Registers what a press does on a button that needs a permission. */
export function onAdminButton<Parts>(
  bot: Bot,
  button: Button<Parts>,
  name: StaffHandler,
  handle: ButtonHandler<Parts>,
): void {
  bot.action(button.pattern, staffOnly(name), handlePress(button, name, handle));
}

/** Registers a list: its command says the first page, and its button shows a page in place. */
export function onList(
  bot: Bot,
  name: string,
  button: Button<{ readonly page: ButtonPart<never, number | undefined> }>,
  openPage: (context: BotContext, number: number) => Promise<Page>,
): void {
  onCommand(bot, name, async (context) => {
    const { text, buttons } = await openPage(context, 1);
    await say(context, text, buttons);
  });
  onPageButton(bot, button, name, (context, { page: number = 1 }) => openPage(context, number));
}

/** Registers a page: its command says it, and its button shows it in place. */
export function onPage<Parts>(
  bot: Bot,
  name: string,
  button: Button<Parts>,
  openPage: (context: BotContext) => Promise<Page> | Page,
): void {
  onCommand(bot, name, async (context) => {
    const { text, buttons } = await openPage(context);
    await say(context, text, buttons);
  });
  onPageButton(bot, button, name, openPage);
}

/** Registers a button that shows a page in place of the message it was pressed on. */
export function onPageButton<Parts>(
  bot: Bot,
  button: Button<Parts>,
  name: string,
  openPage: (context: BotContext, values: ReadValues<Parts>) => Promise<Page> | Page,
): void {
  onButton(bot, button, name, showing(openPage));
}

/** The same, where it needs a permission. */
export function onAdminPageButton<Parts>(
  bot: Bot,
  button: Button<Parts>,
  name: StaffHandler,
  openPage: (context: BotContext, values: ReadValues<Parts>) => Promise<Page> | Page,
): void {
  onAdminButton(bot, button, name, showing(openPage));
}

const showing =
  <Parts>(
    openPage: (context: BotContext, values: ReadValues<Parts>) => Promise<Page> | Page,
  ): ButtonHandler<Parts> =>
  async (context, values) => {
    const { text, buttons } = await openPage(context, values);
    answerPress(context);
    const isNew = "place" in values && values.place === "new";
    await (isNew ? say : show)(context, text, buttons);
  };

const handleCommand =
  (name: string, handle: CommandHandler) =>
  async (context: BotContext & { readonly payload: string }): Promise<void> => {
    context.handler = name;
    await handle(context, context.payload);
  };

const handlePress =
  <Parts>(button: Button<Parts>, name: string, handle: ButtonHandler<Parts>) =>
  async (context: BotContext & { readonly match: RegExpExecArray }): Promise<void> => {
    const values = button.read(context.match[0]);
    if (values === undefined) throw new Error(`"${context.match[0]}" is not a ${name} button`);
    context.handler = name;
    await handle(context, values);
  };
