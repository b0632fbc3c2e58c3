import { message } from "telegraf/filters";
import type { Logger } from "../runtime/log.ts";
import { isolated } from "../texts/index.ts";
import { Answers } from "./answers.ts";
import {
  adminMenuButton,
  devicesButton,
  helpButton,
  homeButton,
  startButton,
} from "../domain/messaging/buttons.ts";
import { isStaff } from "../domain/people/permissions.ts";
import { findHelpButton, supportButton } from "./buttons.ts";
import { chooseSubscription } from "./commands/access/choosing.ts";
import { addConnect } from "./commands/access/connect.ts";
import { addDeviceLocations } from "./commands/access/device-locations.ts";
import { addDevices, longestDeviceName, takeNewName } from "./commands/access/devices.ts";
import { addUsage } from "./commands/access/usage.ts";
import { takeEdits, takeTopicEdits } from "./commands/messaging/edits.ts";
import { addHelp } from "./commands/messaging/help.ts";
import { addSupport, takeSupportMessages } from "./commands/messaging/support.ts";
import { repliedOf } from "./commands/messaging/words.ts";
import { addTickets, takeAnswers, takeTopicMessages } from "./commands/messaging/tickets.ts";
import { addAdminMenu } from "./commands/operations/admin-menu.ts";
import { addAddOns } from "./commands/payments/add-ons.ts";
import { addAdminPayments } from "./commands/payments/admin-payments.ts";
import { addPayments } from "./commands/payments/payments.ts";
import { addPlans } from "./commands/payments/plans.ts";
import { addRenewals } from "./commands/payments/renewals.ts";
import { addRefunds } from "./commands/payments/refunds.ts";
import { addPartialRefunds, takePart } from "./commands/payments/partial-refunds.ts";
import { addRefundsByHand, takeTransaction } from "./commands/payments/refunds-by-hand.ts";
import { addStars } from "./commands/payments/stars.ts";
import { addGiving, takeGiving } from "./commands/payments/giving.ts";
import { addUnmatched, takeReason } from "./commands/payments/unmatched.ts";
import { addTopUps, takeTopUp } from "./commands/payments/top-up.ts";
import { addActs, takeDays } from "./commands/people/acts.ts";
import { addApprovals } from "./commands/people/approvals.ts";
import { addApprovingAll } from "./commands/people/approving-all.ts";
import { addDecisions } from "./commands/people/decisions.ts";
import { addRejections, takeRejection } from "./commands/people/rejections.ts";
import { addHostMaintenance } from "./commands/operations/host-maintenance.ts";
import { addHostMoves } from "./commands/operations/host-moves.ts";
import { addHosts } from "./commands/operations/hosts.ts";
import { addLocations } from "./commands/operations/locations.ts";
import { addPlanEditor, takeShopValue } from "./commands/operations/plan-editor.ts";
import { addSettings } from "./commands/operations/settings.ts";
import { pauseForMaintenance } from "./commands/operations/maintenance.ts";
import { limitBlocked } from "./commands/people/blocked.ts";
import { addCustomers, takeSearch } from "./commands/people/customers.ts";
import { addHome, showHome } from "./commands/people/home.ts";
import { addInvite } from "./commands/people/invite.ts";
import { addLanguage } from "./commands/people/language.ts";
import { addStart } from "./commands/people/start.ts";
import { adminCommands, customerCommands } from "./command-menu.ts";
import type { BotContext, BotPorts, DialoguePorts } from "./context.ts";
import { Dialogues, type Topic } from "./dialogues.ts";
import { leaveQuestion } from "./leave-question.ts";
import type { BotMetrics } from "./metrics.ts";
import {
  countCommands,
  findSender,
  findShop,
  ignoreGroups,
  logUpdates,
  measureHandlers,
  setLanguage,
  throttle,
} from "./middlewares.ts";
import { answerPress, requestIdOf, say } from "./request.ts";
import { followCommands } from "./profile.ts";
import { isSentByPerson } from "./sent-by-person.ts";
import { type BotOptions, TollgateBot } from "./tollgate-bot.ts";

export { adminCommands, customerCommands } from "./command-menu.ts";

/**
 * Puts the bot together from its middlewares and commands. It does nothing until it gets updates.
 */
export function createBot(
  options: BotOptions,
  ports: BotPorts,
  { metrics, log }: { metrics: BotMetrics; log: Logger },
): TollgateBot {
  const dialogues = new Dialogues(ports.store);
  const bot = new TollgateBot(options, new Answers(log, metrics));
  const counted = measureHandlers(metrics, log);
  bot.use(logUpdates(log, metrics));
  addStars(bot, ports, counted);
  bot.use(takeTopicMessages(ports), takeTopicEdits(ports));
  bot.use(ignoreGroups, findSender(ports), setLanguage);
  bot.use(findShop(ports.shop));
  bot.use(followCommands(), throttle(ports.store), counted);
  bot.on(message("text"), countCommands(metrics, known));
  const withDialogues = { ...ports, dialogues };
  bot.use(takeEdits(withDialogues), leaveQuestion(withDialogues));
  bot.use(takeAnswers(withDialogues), takeSupportMessages(withDialogues));
  bot.use(limitBlocked(ports), pauseForMaintenance, chooseSubscription(ports));
  addStart(bot, ports);
  addHome(bot, ports);
  addConnect(bot, withDialogues);
  addInvite(bot, ports);
  addPlans(bot, ports);
  addRenewals(bot, ports);
  addPayments(bot, ports);
  addDevices(bot, withDialogues);
  addDeviceLocations(bot, withDialogues);
  addUsage(bot, ports);
  addHelp(bot);
  addSupport(bot, withDialogues);
  addLanguage(bot, ports);
  addApprovals(bot, ports);
  addApprovingAll(bot, ports);
  addRejections(bot, withDialogues);
  addDecisions(bot, ports);
  addAdminMenu(bot, ports);
  addTickets(bot, withDialogues);
  addCustomers(bot, withDialogues);
  addActs(bot, withDialogues);
  addTopUps(bot, withDialogues);
  addAddOns(bot, ports);
  addAdminPayments(bot, ports);
  addRefunds(bot, ports);
  addRefundsByHand(bot, withDialogues);
  addPartialRefunds(bot, withDialogues);
  addUnmatched(bot, withDialogues);
  addGiving(bot, withDialogues);
  addSettings(bot, withDialogues);
  addPlanEditor(bot, withDialogues);
  addHosts(bot, withDialogues);
  addLocations(bot, withDialogues);
  addHostMoves(bot, withDialogues);
  addHostMaintenance(bot, withDialogues);
  addFallbacks(bot, withDialogues);
  bot.catch((error) => {
    throw error;
  });
  return bot;
}

const known = new Set<string>([...customerCommands, ...adminCommands]);

/** What takes a message as the answer to the question about this topic, unless it does not fit. */
const answerTakers: Readonly<
  Record<
    Exclude<Topic, "support" | "answer">,
    (context: BotContext, text: string, ports: DialoguePorts) => Promise<boolean>
  >
> = {
  rename: takeNewName,
  ignore: takeReason,
  transaction: takeTransaction,
  refundPart: takePart,
  shop: takeShopValue,
  days: takeDays,
  topUp: takeTopUp,
  give: takeGiving,
  reject: takeRejection,
  find: takeSearch,
};

async function takeAnswer(
  context: BotContext,
  text: string,
  ports: DialoguePorts,
): Promise<boolean> {
  if (text.startsWith("/")) return false;
  const topic = await ports.dialogues.findTopic(context.telegramId);
  // Those are taken before any command.
  if (topic === undefined || topic === "support" || topic === "answer") return false;
  return answerTakers[topic](context, text, ports);
}

/** Answers what no command and no button took. */
function addFallbacks(bot: TollgateBot, ports: DialoguePorts): void {
  bot.on(message("text"), async (context) => {
    context.handler = "text";
    const { texts, text } = context;
    if (await takeAnswer(context, text, ports)) return;
    const { menu, answer } = texts.messaging;
    if (context.customer === undefined) {
      return say(context, answer.pressStart, [[{ text: menu.start, data: startButton.data({}) }]]);
    }
    const replied = repliedOf(context.message, context.botInfo.id);
    if (replied === undefined || !isNameQuestion(context, replied.text)) return sayUnknown(context);
    const devices = { text: menu.devices, data: devicesButton.data({}) };
    await say(context, texts.access.device.renameForgotten, [[devices]]);
  });
  bot.on("callback_query", async (context) => {
    context.handler = "unknown-button";
    answerPress(context, context.texts.messaging.answer.oldButton);
    await showHome(context, ports);
  });
  bot.on("message", async (context) => {
    const isSent = isSentByPerson(context.message);
    context.handler = isSent ? "other-message" : "service-message";
    if (!isSent) return;
    const isAsked = await ports.dialogues.isAbout(context.telegramId, requestIdOf(context));
    await (isAsked ? say(context, context.texts.messaging.answer.textWanted) : sayUnknown(context));
  });
}

/** Whether a message of ours asks for a device's name. */
function isNameQuestion({ texts }: BotContext, shown: string): boolean {
  const name = "NAME";
  const question = texts.access.device.askName(name, longestDeviceName);
  const [before = "", after = ""] = question.split(isolated(name));
  return shown.startsWith(before) && shown.endsWith(after);
}

/**
 * Whoever meant it for a person finds the page from which it is passed on; the shop's own people,
 * to whom it would be passed on, find theirs.
 */
function sayUnknown(context: BotContext): Promise<void> {
  const { answer, menu, tickets } = context.texts.messaging;
  if (isStaff(context.customer?.role)) {
    const find = { text: context.texts.operations.menu.find, data: findHelpButton.data({}) };
    const admin = { text: menu.admin, data: adminMenuButton.data({}) };
    const home = { text: menu.home, data: homeButton.data({}) };
    return say(context, answer.unknownToStaff, [[admin], [find], [home]]);
  }
  const write = [[{ text: tickets.writeButton, data: supportButton.data({}) }]];
  const relays = context.shop.support === "" && context.customer !== undefined;
  const help = [{ text: menu.help, data: helpButton.data({}) }];
  return say(context, answer.unknownCommand, [...(relays ? write : []), help]);
}
