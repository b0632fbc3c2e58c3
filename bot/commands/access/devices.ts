import type { Composer } from "telegraf";
import { requestDevice } from "../../../client/access.ts";
import type { DeviceDetails } from "../../../db/queries/access/devices.ts";
import type { SubscriptionSummary } from "../../../db/queries/people/customers.ts";
import type { DeviceRequest, SubscriptionRef } from "../../../domain/access/subscription.ts";
import { onlineForMs } from "../../../domain/access/traffic.ts";
import { addedDeviceId } from "../../../domain/derived-ids.ts";
import { deviceId } from "../../../domain/ids.ts";
import { tidyName } from "../../../domain/people/customer.ts";
import { instant } from "../../../domain/time.ts";
import { momentIn } from "../../../texts/index.ts";
import type { BotContext, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, ask, buttonMark, requestIdOf, say, show } from "../../request.ts";
import { type Page, pageOf } from "../paging.ts";

const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const longestDeviceName = 32;
const devicesPerPage = 10;

/** /devices: a person's keys, and what can be done with each. */
export function addDevices(bot: Composer<BotContext>, ports: DialoguePorts): void {
  bot.command("devices", async (context) => {
    context.handler = "devices";
    const page = await listPage(context, ports);
    await say(context, page.text, page.buttons);
  });
  bot.action(/^devices(?::(\d{1,4}))?$/u, async (context) => {
    context.handler = "devices";
    const page = await listPage(context, ports, Number(context.match[1] ?? 1));
    answerPress(context);
    await show(context, page.text, page.buttons);
  });
  bot.action(/^device-add(?::[0-9a-f]{8})?$/u, async (context) => {
    context.handler = "device-add";
    const [mine, ref] = [await findOwned(context, ports), await refOf(context, ports)];
    if (!mine || !ref) return answerPress(context, context.texts.messaging.answer.pressStart, true);
    const requestId = requestIdOf(context);
    const name = freeName(context, mine.devices);
    const id = addedDeviceId(requestId, mine.subscription.id);
    const wish = { kind: "add", requestId, deviceId: id, name } as const;
    await request(context, ports, ref, wish);
    // The same button is the same wish, however often it is pressed: the next device needs another.
    const page = await listPage(context, ports);
    await show(context, page.text, page.buttons);
  });
  addDevicePages(bot, ports);
  addDeviceActs(bot, ports);
}

/** Pages about one device: its card, and the two questions before something is lost. */
function addDevicePages(bot: Composer<BotContext>, ports: DialoguePorts): void {
  bot.action(
    new RegExp(`^device-(open|sure-reissue|sure-revoke|rename):(${uuid})$`, "u"),
    async (context) => {
      const [, what = "", id = ""] = context.match;
      context.handler = `device-${what}`;
      const device = await ownDevice(context, ports, id);
      if (device === undefined)
        return answerPress(context, context.texts.access.device.unknown, true);
      answerPress(context);
      if (what === "rename") return askName(context, ports, device);
      const page = devicePage(context, device, what);
      await show(context, page.text, page.buttons);
    },
  );
}

/** What is asked of the subscription. Whose device it is, the subscription itself looks at. */
function addDeviceActs(bot: Composer<BotContext>, ports: DialoguePorts): void {
  const act = new RegExp(`^device-(show|reissue|revoke):(${uuid})(?::([0-9a-f]{8}))?$`, "u");
  bot.action(act, async (context) => {
    const [, kind = "", id = "", question] = context.match;
    context.handler = `device-${kind}`;
    const ref = await refOf(context, ports);
    if (ref === undefined)
      return answerPress(context, context.texts.messaging.answer.pressStart, true);
    const requestId = question === undefined ? requestIdOf(context) : `${kind}-${question}`;
    const wish = { kind: kind as "show", requestId, deviceId: deviceId(id) };
    await request(context, ports, ref, wish);
    const shown = kind === "show" ? await ownDevice(context, ports, id) : undefined;
    if (shown === undefined) return;
    // The key may be wanted again another day, by the same message.
    const page = devicePage(context, shown, "open");
    await show(context, page.text, page.buttons);
  });
}

async function request(
  context: BotContext,
  { client }: DialoguePorts,
  ref: SubscriptionRef,
  wish: DeviceRequest,
): Promise<void> {
  await requestDevice(client, ref, wish);
  answerPress(context, context.texts.messaging.answer.working);
}

/** The subscription of whoever this is from. */
async function refOf(
  { customer, telegramId }: BotContext,
  { customers }: DialoguePorts,
): Promise<SubscriptionRef | undefined> {
  const subscription = await orUnavailable(customers.subscriptionOf(telegramId));
  if (customer === undefined || subscription === undefined) return undefined;
  return { id: subscription.id, customerId: customer.id, telegramId };
}

/** The text after "Rename" was pressed; false when nobody asked this person for one. */
export async function takeNewName(
  context: BotContext,
  text: string,
  ports: DialoguePorts,
): Promise<boolean> {
  const { dialogues, client } = ports;
  const name = Array.from(tidyName(text, "")).slice(0, longestDeviceName).join("").trim();
  if (!name) return false;
  const requestId = requestIdOf(context);
  const id = await dialogues.claim(context.telegramId, "rename", requestId);
  if (id === undefined) return false;
  context.handler = "device-rename";
  const ref = await refOf(context, ports);
  if (ref === undefined) return false;
  await requestDevice(client, ref, {
    requestId,
    kind: "rename",
    deviceId: deviceId(id),
    name,
  });
  return true;
}

async function askName(
  context: BotContext,
  { dialogues }: DialoguePorts,
  device: DeviceDetails,
): Promise<void> {
  await dialogues.open(context.telegramId, "rename", device.id);
  await ask(context, context.texts.access.device.askName(device.name), device.name);
}

interface Owned {
  readonly subscription: SubscriptionSummary;
  readonly devices: readonly DeviceDetails[];
}

async function findOwned(context: BotContext, ports: DialoguePorts): Promise<Owned | undefined> {
  const subscription = await orUnavailable(ports.customers.subscriptionOf(context.telegramId));
  if (subscription === undefined) return undefined;
  const now = instant(new Date());
  return { subscription, devices: await orUnavailable(ports.devices.of(subscription.id, now)) };
}

async function ownDevice(
  context: BotContext,
  ports: DialoguePorts,
  id: string,
): Promise<DeviceDetails | undefined> {
  return (await findOwned(context, ports))?.devices.find((one) => one.id === id);
}

async function listPage(context: BotContext, ports: DialoguePorts, number = 1): Promise<Page> {
  const { texts } = context;
  const mine = await findOwned(context, ports);
  if (mine === undefined) return { text: texts.messaging.answer.pressStart, buttons: [] };
  const { devices, subscription } = mine;
  const entries = devices.map((device) => ({
    line: texts.access.device.line(device.name, seen(context, device)),
    buttons: [[{ text: `📱 ${device.name}`, data: `device-open:${device.id}` }]],
  }));
  const title = `${texts.access.device.listTitle(devices.length, subscription.deviceLimit)}\n`;
  const list = {
    head: devices.length > 0 ? title : `${title}\n${texts.access.device.none}`,
    entries,
    buttons: devices.length < subscription.deviceLimit ? [[addButton(context)]] : [],
    perPage: devicesPerPage,
    name: "devices",
  };
  return pageOf(list, number);
}

/** In a message that is shown anew the button has a new name, so that it adds another device. */
function addButton({ texts, callbackQuery }: BotContext) {
  const page = callbackQuery === undefined ? "" : `:${buttonMark()}`;
  return { text: texts.access.device.add, data: `device-add${page}` };
}

function devicePage(context: BotContext, device: DeviceDetails, what: string): Page {
  const { texts } = context;
  const { id, name, place } = device;
  const back = { text: texts.messaging.menu.back, data: `device-open:${id}` };
  switch (what) {
    case "sure-reissue": {
      // Named by this question: a double tap on Yes makes one new key, the next question makes
      // another.
      const yes = {
        text: texts.access.device.yesReissue,
        data: `device-reissue:${id}:${buttonMark()}`,
      };
      return { text: texts.access.device.sureReissue(name), buttons: [[yes], [back]] };
    }
    case "sure-revoke": {
      const yes = { text: texts.access.device.yesRemove, data: `device-revoke:${id}` };
      return { text: texts.access.device.sureRemove(name), buttons: [[yes], [back]] };
    }
    default: {
      const buttons = [
        [{ text: texts.access.device.sendKey, data: `device-show:${id}:${buttonMark()}` }],
        [
          { text: texts.access.device.rename, data: `device-rename:${id}` },
          { text: texts.access.device.reissue, data: `device-sure-reissue:${id}` },
        ],
        [
          { text: texts.access.device.remove, data: `device-sure-revoke:${id}` },
          { text: texts.messaging.menu.back, data: "devices" },
        ],
      ];
      const without = device.hasTime
        ? texts.access.device.waits(name)
        : texts.access.device.off(name);
      const text = place
        ? texts.access.device.card(name, place.host, place.address, seen(context, device))
        : without;
      return { text, buttons };
    }
  }
}

/** When a device was last on line, in words. */
export function seen(
  { texts, language }: BotContext,
  { place, hasTime, lastHandshakeAt }: DeviceDetails,
): string {
  if (place === undefined) return hasTime ? texts.access.seen.waiting : texts.access.seen.off;
  if (lastHandshakeAt === undefined) return texts.access.seen.never;
  const online = Date.now() - Date.parse(lastHandshakeAt) < onlineForMs;
  return online ? texts.access.seen.now : texts.access.seen.at(momentIn(language, lastHandshakeAt));
}

/** The first "Device N" that is not taken. */
function freeName({ texts }: BotContext, devices: readonly DeviceDetails[]): string {
  const names = new Set(devices.map(({ name }) => name));
  let n = 1;
  while (names.has(texts.access.device.defaultName(n))) n += 1;
  return texts.access.device.defaultName(n);
}
