import type { DeviceDetails } from "../../../db/queries/access/devices.ts";
import { isGoingOn, replacedBy } from "../../../domain/access/device-rights.ts";
import { letsIn, mayAddDevice } from "../../../domain/access/subscription.ts";
import { onlineForMs } from "../../../domain/access/traffic.ts";
import type { DeviceId } from "../../../domain/ids.ts";
import { deviceRequestButtons, devicesButton } from "../../../domain/messaging/buttons.ts";
import { instant } from "../../../domain/time.ts";
import { momentIn } from "../../../texts/index.ts";
import {
  addDeviceButton,
  openDeviceButton,
  renameDeviceButton,
  sureReissueButton,
  sureRevokeButton,
} from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { buttonMark, type Buttons } from "../../request.ts";
import { longestLabel, truncate } from "../fit-lines.ts";
import { type Page, pageOf, withBack } from "../paging.ts";
import { helpfulButtons, helpRow } from "../people/home-page.ts";
import { stateLine } from "../people/state-line.ts";
import { locationLine } from "./location-choice.ts";
import { isOnPanel, type Owned } from "./owned.ts";

const devicesPerPage = 10;

/** Why a device does not work now; undefined: it may, or nothing but its host is awaited. */
function whyOff({ current }: Pick<Owned, "current">, device: DeviceDetails) {
  if (!letsIn(current.state)) return "state";
  if (device.isPaused) return "paused";
  if (!isGoingOn(device, instant(new Date()))) return "ended";
  return device.place === undefined ? "waiting" : undefined;
}

/** A person's devices; `more` is the way to one more, where that is sold. */
export function devicesPage(
  context: BotContext,
  owned: Owned,
  { number, more }: { readonly number: number; readonly more: Buttons },
): Page {
  const { device: words } = context.texts.access;
  const { devices, subscription, current } = owned;
  const isLetIn = letsIn(current.state);
  const entries = devices.map((device) => ({
    line: words.line(device.name, lastSeen(context, owned, device)),
    buttons: [
      [
        {
          text: truncate(`📱 ${device.name}`, longestLabel),
          data: openDeviceButton.data({ id: device.id }),
        },
      ],
    ],
  }));
  const hasRoom = mayAddDevice(devices.length, subscription.deviceLimit);
  const ways = hasRoom ? [[addButton(context)]] : more;
  const list = {
    head: headOf(context, owned),
    entries,
    buttons: isLetIn ? ways : helpfulButtons(context, owned),
    perPage: devicesPerPage,
    turnTo: (page: number) => devicesButton.data({ page }),
  };
  return withBack(context, pageOf(list, number));
}

function headOf(context: BotContext, owned: Owned): string {
  const { device: words } = context.texts.access;
  const { devices, subscription, current } = owned;
  const { deviceLimit } = subscription;
  const off = countOff(devices);
  const title = `${words.listTitle(devices.length - off, deviceLimit)}\n`;
  if (!letsIn(current.state)) {
    return `${title}${stateLine(context, owned, instant(new Date()))}\n`;
  }
  if (devices.length === 0) return `${title}\n${words.none}`;
  return off === 0 ? title : `${title}${words.chooseHow}\n`;
}

/** How many devices are off because the plan, or what was bought beside it, has no place for them. */
export const countOff = (devices: readonly DeviceDetails[]): number =>
  devices.filter((device) => !isGoingOn(device, instant(new Date()))).length;

/** A list that is shown again gets a new button, so that it adds another device. */
function addButton({ texts, callbackQuery }: BotContext) {
  const mark = callbackQuery === undefined ? {} : { mark: buttonMark() };
  return { text: texts.access.device.add, data: addDeviceButton.data(mark) };
}

/** Marked: two taps on Yes make one new key, and a later question makes another. */
export function sureReissuePage(
  context: BotContext,
  { id, name }: DeviceDetails,
  isLink: boolean,
): Page {
  const { device, link } = context.texts.access;
  const data = deviceRequestButtons.reissue.data({ id, mark: buttonMark() });
  const yes = isLink ? link.yesRenew : device.yesReissue;
  const buttons = [[{ text: yes, data }], [backTo(context, id)]];
  return { text: isLink ? link.sureRenew(name) : device.sureReissue(name), buttons };
}

/** The question before a device is removed. */
export function sureRevokePage(context: BotContext, { id, name }: DeviceDetails): Page {
  const { device } = context.texts.access;
  const yes = { text: device.yesRemove, data: deviceRequestButtons.revoke.data({ id }) };
  return { text: device.sureRemove(name), buttons: [[yes], [backTo(context, id)]] };
}

const backTo = ({ texts }: BotContext, id: DeviceId) => ({
  text: texts.messaging.menu.back,
  data: openDeviceButton.data({ id }),
});

/** What a device's page offers beside what it always does. */
export interface DeviceOffers {
  /** The way to one more place, where that is sold. */
  readonly more: Buttons;
  /** Undefined: this shop gives no links of its own. */
  readonly links: DeviceLinks | undefined;
  /** The way to another location, where there are several. */
  readonly where: Buttons;
}

interface DeviceLinks {
  /** Phones and computers that use the device's link. */
  readonly hwids: readonly string[];
}

/** One device: where it is, or why it does not work and what helps. */
export function devicePage(
  context: BotContext,
  device: DeviceDetails,
  owned: Owned,
  { more, links, where }: DeviceOffers,
): Page {
  const { texts } = context;
  const { id } = device;
  const { rename, reissue, remove } = texts.access.device;
  const isLink = links !== undefined && isOnPanel(device);
  const forget = deviceRequestButtons.forget.data({ id, mark: buttonMark() });
  const hwids = isLink ? links.hwids : [];
  const buttons = [
    ...waysFor(context, device, owned, { more, links, where }),
    ...(hwids.length > 0 ? [[{ text: texts.access.link.forget, data: forget }]] : []),
    [
      { text: rename, data: renameDeviceButton.data({ id }) },
      { text: isLink ? texts.access.link.renew : reissue, data: sureReissueButton.data({ id }) },
    ],
    [
      { text: remove, data: sureRevokeButton.data({ id }) },
      { text: texts.messaging.menu.back, data: devicesButton.data({}) },
    ],
  ];
  const used = hwids.length > 0 ? `\n${texts.access.link.usedOn(hwids)}` : "";
  return { text: `${wordsOf(context, device, owned)}${used}`, buttons };
}

function waysFor(
  context: BotContext,
  device: DeviceDetails,
  owned: Owned,
  { more, links, where }: DeviceOffers,
): Buttons {
  const { sendKey, qr, use } = context.texts.access.device;
  const { send, once } = context.texts.access.link;
  const isLink = links !== undefined && isOnPanel(device);
  const of = { id: device.id, mark: buttonMark() };
  switch (whyOff(owned, device)) {
    case "state":
      return [...helpfulButtons(context, owned), ...helpRow(context)];
    case "paused":
    case "ended":
      return [[{ text: use, data: deviceRequestButtons.use.data(of) }], ...more];
    case "waiting":
    case undefined:
      if (!device.isKeyKnown) return [];
      return [
        [
          { text: isLink ? send : sendKey, data: deviceRequestButtons.show.data(of) },
          { text: qr, data: deviceRequestButtons.qr.data({ ...of, mark: buttonMark() }) },
        ],
        ...(links === undefined || isLink
          ? []
          : [[{ text: once, data: deviceRequestButtons.link.data(of) }]]),
        ...where,
      ];
  }
}

function wordsOf(context: BotContext, device: DeviceDetails, owned: Owned): string {
  const { device: words } = context.texts.access;
  const { name, place, id } = device;
  const now = instant(new Date());
  const { devices, subscription } = owned;
  switch (whyOff(owned, device)) {
    case "state":
      return words.off(name, stateLine(context, owned, now));
    case "paused":
      return words.paused(name, subscription.deviceLimit, replacedBy(devices, id, now)?.name);
    case "ended":
      return words.ended(name, replacedBy(devices, id, now)?.name);
    case "waiting":
      return `${words.waits(name)}${locationLine(context, device)}`;
    case undefined: {
      const { host = "", address } = place ?? {};
      const card = words.card(name, host, address, lastSeen(context, owned, device));
      const where = locationLine(context, device);
      return `${card}${where}${device.isKeyKnown ? "" : `\n\n${words.ownKey}`}`;
    }
  }
}

/** When a device was last online, or why it is not, in words. */
export function lastSeen(
  context: BotContext,
  owned: Pick<Owned, "current">,
  device: DeviceDetails,
): string {
  const { seen } = context.texts.access;
  const { lastHandshakeAt } = device;
  const why = whyOff(owned, device);
  if (why !== undefined) return seen[why === "state" ? "off" : why];
  if (lastHandshakeAt === undefined) return seen.never;
  const online = Date.now() - Date.parse(lastHandshakeAt) < onlineForMs;
  return online ? seen.now : seen.at(momentIn(context, lastHandshakeAt));
}
