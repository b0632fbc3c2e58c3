import type { Composer } from "telegraf";
import { requestDevice } from "../../../client/access.ts";
import type { DeviceDetails } from "../../../db/queries/access/devices.ts";
import type { SubscriptionSummary } from "../../../db/queries/people/customers.ts";
import type { Platform } from "../../../domain/access/platforms.ts";
import type { DeviceRequest, SubscriptionRef } from "../../../domain/access/subscription.ts";
import { onlineForMs } from "../../../domain/access/traffic.ts";
import { addedDeviceId } from "../../../domain/derived-ids.ts";
import { deviceId, type DeviceId } from "../../../domain/ids.ts";
import { deviceRequestButtons, devicesButton } from "../../../domain/messaging/buttons.ts";
import { tidyName } from "../../../domain/people/customer.ts";
import { instant } from "../../../domain/time.ts";
import { momentIn } from "../../../texts/index.ts";
import {
  addDeviceButton,
  openDeviceButton,
  renameDeviceButton,
  sureReissueButton,
  sureRevokeButton,
} from "../../buttons.ts";
import type { BotContext, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, ask, buttonMark, requestIdOf, show } from "../../request.ts";
import { longestLabel, truncate } from "../fit-lines.ts";
import { type Page, pageOf, withBack } from "../paging.ts";
import { openHome } from "../people/home.ts";
import { offerMore } from "../payments/sold-add-ons.ts";
import { onButton, onList } from "../register.ts";

/** The longest name of a device, in characters. */
export const longestDeviceName = 32;
const devicesPerPage = 10;

/** /devices: a person's devices, and what can be done with each. */
export function addDevices(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onList(bot, "devices", devicesButton, (context, number) =>
    openDevicesPage(context, ports, number),
  );
  onButton(bot, addDeviceButton, "device-add", async (context, { platform }) => {
    const owned = await findOwned(context, ports);
    const ref = await findSubscription(context, ports);
    if (!owned || !ref)
      return answerPress(context, context.texts.messaging.answer.pressStart, true);
    await request(context, ports, ref, additionOf(context, owned, platform));
    // Pressing one button twice adds one device, so the list needs a new button for the next.
    const page = await openDevicesPage(context, ports);
    await show(context, page.text, page.buttons);
  });
  addDevicePages(bot, ports);
  addDeviceRequests(bot, ports);
}

/** Pages about one device: its card, and the two questions before something is lost. */
function addDevicePages(bot: Composer<BotContext>, ports: DialoguePorts): void {
  const pages = [
    [openDeviceButton, "device-open", devicePage],
    [sureReissueButton, "device-sure-reissue", sureReissuePage],
    [sureRevokeButton, "device-sure-revoke", sureRevokePage],
  ] as const;
  for (const [button, name, pageOfDevice] of pages) {
    onButton(bot, button, name, async (context, { id }) => {
      const device = await findOwnDevice(context, ports, id);
      const { unknown } = context.texts.access.device;
      if (device === undefined) return answerPress(context, unknown, true);
      answerPress(context);
      const page = pageOfDevice(context, device);
      await show(context, page.text, page.buttons);
    });
  }
  onButton(bot, renameDeviceButton, "device-rename", async (context, { id }) => {
    const device = await findOwnDevice(context, ports, id);
    const { unknown } = context.texts.access.device;
    if (device === undefined) return answerPress(context, unknown, true);
    answerPress(context);
    await askName(context, ports, device);
  });
}

/** Requests to the subscription, which itself checks that the device is its own. */
function addDeviceRequests(bot: Composer<BotContext>, ports: DialoguePorts): void {
  const commands = {
    show: { kind: "show" },
    qr: { kind: "show", part: "qr" },
    text: { kind: "show", part: "text" },
    reissue: { kind: "reissue" },
    revoke: { kind: "revoke" },
  } as const;
  for (const kind of ["show", "qr", "text", "reissue", "revoke"] as const) {
    const name = `device-${kind}`;
    onButton(bot, deviceRequestButtons[kind], name, async (context, { id, mark }) => {
      const ref = await findSubscription(context, ports);
      const { pressStart } = context.texts.messaging.answer;
      if (ref === undefined) return answerPress(context, pressStart, true);
      const requestId = mark === undefined ? requestIdOf(context) : `${kind}-${mark}`;
      await request(context, ports, ref, { ...commands[kind], requestId, deviceId: id });
      const device = kind === "show" ? await findOwnDevice(context, ports, id) : undefined;
      if (device === undefined) return;
      // The key may be wanted again another day from this message, which needs a new button.
      const page = devicePage(context, device);
      await show(context, page.text, page.buttons);
    });
  }
}

/** Requests a new device, named after its platform where that is known. */
export function additionOf(
  context: BotContext,
  { devices, subscription }: Owned,
  platform?: Platform,
): DeviceRequest {
  const { connect, device } = context.texts.access;
  const base = platform === undefined ? device.defaultName : connect.platforms[platform];
  const requestId = requestIdOf(context);
  const id = addedDeviceId(requestId, subscription.id);
  return { kind: "add", requestId, deviceId: id, name: freeName(base, devices) };
}

/** Hands a request to the subscription, and answers the press. */
export async function request(
  context: BotContext,
  { client }: DialoguePorts,
  ref: SubscriptionRef,
  command: DeviceRequest,
): Promise<void> {
  await requestDevice(client, ref, command);
  answerPress(context, context.texts.messaging.answer.working);
}

/** The sender's subscription. */
export async function findSubscription(
  { customer, telegramId }: BotContext,
  { customers }: DialoguePorts,
): Promise<SubscriptionRef | undefined> {
  const subscription = await orUnavailable(customers.findSubscription(telegramId));
  if (customer === undefined || subscription === undefined) return undefined;
  return { id: subscription.id, customerId: customer.id, telegramId };
}

/** Takes the new name after "Rename" was pressed; false where this person was not asked for one. */
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
  const ref = await findSubscription(context, ports);
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
  const question = context.texts.access.device.askName(device.name, longestDeviceName);
  await ask(context, question, device.name);
}

/** A person's subscription and devices. */
export interface Owned {
  readonly subscription: SubscriptionSummary;
  readonly devices: readonly DeviceDetails[];
}

/** The sender's subscription and devices; undefined: they do not have a subscription. */
export async function findOwned(
  context: BotContext,
  ports: DialoguePorts,
): Promise<Owned | undefined> {
  const subscription = await orUnavailable(ports.customers.findSubscription(context.telegramId));
  if (subscription === undefined) return undefined;
  const now = instant(new Date());
  return { subscription, devices: await orUnavailable(ports.devices.list(subscription.id, now)) };
}

async function findOwnDevice(
  context: BotContext,
  ports: DialoguePorts,
  id: DeviceId,
): Promise<DeviceDetails | undefined> {
  return (await findOwned(context, ports))?.devices.find((one) => one.id === id);
}

async function openDevicesPage(
  context: BotContext,
  ports: DialoguePorts,
  number = 1,
): Promise<Page> {
  const { texts } = context;
  const owned = await findOwned(context, ports);
  if (owned === undefined) return openHome(context, ports);
  const { devices, subscription } = owned;
  const entries = devices.map((device) => ({
    line: texts.access.device.line(device.name, lastSeen(context, device)),
    buttons: [
      [
        {
          text: truncate(`📱 ${device.name}`, longestLabel),
          data: openDeviceButton.data({ id: device.id }),
        },
      ],
    ],
  }));
  const title = `${texts.access.device.listTitle(devices.length, subscription.deviceLimit)}\n`;
  const hasRoom = devices.length < subscription.deviceLimit;
  const list = {
    head: devices.length > 0 ? title : `${title}\n${texts.access.device.none}`,
    entries,
    buttons: hasRoom ? [[addButton(context)]] : await offerMore(context, ports, "device"),
    perPage: devicesPerPage,
    turnTo: (page: number) => devicesButton.data({ page }),
  };
  return withBack(context, pageOf(list, number));
}

/** A list that is shown again gets a new button, so that it adds another device. */
function addButton({ texts, callbackQuery }: BotContext) {
  const mark = callbackQuery === undefined ? {} : { mark: buttonMark() };
  return { text: texts.access.device.add, data: addDeviceButton.data(mark) };
}

/** Marked: two taps on Yes make one new key, and a later question makes another. */
function sureReissuePage(context: BotContext, { id, name }: DeviceDetails): Page {
  const { device } = context.texts.access;
  const data = deviceRequestButtons.reissue.data({ id, mark: buttonMark() });
  const buttons = [[{ text: device.yesReissue, data }], [backTo(context, id)]];
  return { text: device.sureReissue(name), buttons };
}

function sureRevokePage(context: BotContext, { id, name }: DeviceDetails): Page {
  const { device } = context.texts.access;
  const yes = { text: device.yesRemove, data: deviceRequestButtons.revoke.data({ id }) };
  return { text: device.sureRemove(name), buttons: [[yes], [backTo(context, id)]] };
}

const backTo = ({ texts }: BotContext, id: DeviceId) => ({
  text: texts.messaging.menu.back,
  data: openDeviceButton.data({ id }),
});

function devicePage(context: BotContext, device: DeviceDetails): Page {
  const { texts } = context;
  const { id, name, place, hasTime } = device;
  const { sendKey, qr, rename, reissue, remove, card, waits, off, ended } = texts.access.device;
  const buttons = [
    [
      { text: sendKey, data: deviceRequestButtons.show.data({ id, mark: buttonMark() }) },
      { text: qr, data: deviceRequestButtons.qr.data({ id, mark: buttonMark() }) },
    ],
    [
      { text: rename, data: renameDeviceButton.data({ id }) },
      { text: reissue, data: sureReissueButton.data({ id }) },
    ],
    [
      { text: remove, data: sureRevokeButton.data({ id }) },
      { text: texts.messaging.menu.back, data: devicesButton.data({}) },
    ],
  ];
  const without = hasTime ? waits(name) : off(name);
  const text = place ? card(name, place.host, place.address, lastSeen(context, device)) : without;
  return { text: hasEnded(device) ? ended(name) : text, buttons };
}

/** What was bought for it has ended, while the time goes on. */
const hasEnded = ({ hasTime, endsAt }: DeviceDetails): boolean =>
  hasTime && endsAt !== undefined && Date.parse(endsAt) <= Date.now();

/** When a device was last online, in words. */
export function lastSeen(context: BotContext, device: DeviceDetails): string {
  const { texts } = context;
  const { place, hasTime, lastHandshakeAt } = device;
  if (hasEnded(device)) return texts.access.seen.ended;
  if (place === undefined) return hasTime ? texts.access.seen.waiting : texts.access.seen.off;
  if (lastHandshakeAt === undefined) return texts.access.seen.never;
  const online = Date.now() - Date.parse(lastHandshakeAt) < onlineForMs;
  return online ? texts.access.seen.now : texts.access.seen.at(momentIn(context, lastHandshakeAt));
}

/** The name itself, or the first "name N" that is not in use. */
function freeName(name: string, devices: readonly DeviceDetails[]): string {
  const names = new Set(devices.map((device) => device.name));
  if (!names.has(name)) return name;
  let n = 2;
  while (names.has(`${name} ${n}`)) n += 1;
  return `${name} ${n}`;
}
