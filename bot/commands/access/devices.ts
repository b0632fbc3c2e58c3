import type { Composer } from "telegraf";
import { requestDevice } from "../../../client/access.ts";
import type { DeviceDetails } from "../../../db/queries/access/devices.ts";
import { isGoingOn } from "../../../domain/access/device-rights.ts";
import type { Platform } from "../../../domain/access/platforms.ts";
import {
  type DeviceRequest,
  letsIn,
  mayAddDevice,
  type SubscriptionRef,
} from "../../../domain/access/subscription.ts";
import { addedDeviceId } from "../../../domain/derived-ids.ts";
import { deviceId, type DeviceId, type LocationId } from "../../../domain/ids.ts";
import { deviceRequestButtons, devicesButton } from "../../../domain/messaging/buttons.ts";
import { lengthBeyond, tidyName } from "../../../domain/people/customer.ts";
import { instant } from "../../../domain/time.ts";
import {
  addDeviceButton,
  openDeviceButton,
  renameDeviceButton,
  sureReissueButton,
  sureRevokeButton,
} from "../../buttons.ts";
import { findChosen } from "../../chosen-subscription.ts";
import type { BotContext, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, ask, inPressed, requestIdOf, show } from "../../request.ts";
import type { Page } from "../paging.ts";
import { openHome, showHome } from "../people/home.ts";
import { offerMore } from "../payments/sold-add-ons.ts";
import { onButton, onList } from "../register.ts";
import { refuseTooLong } from "../too-long.ts";
import { chooseByDevice } from "./choosing.ts";
import { devicePage, devicesPage, sureReissuePage, sureRevokePage } from "./device-pages.ts";
import { listOffers, whereNewPage, whereRow } from "./location-choice.ts";
import { withMaintenance } from "./maintenance-words.ts";
import { findOwned, isOnPanel, type Owned } from "./owned.ts";

/** The longest name of a device, in characters. */
export const longestDeviceName = 32;

/** /devices: a person's devices, and what can be done with each. */
export function addDevices(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onList(bot, "devices", devicesButton, (context, number) =>
    openDevicesPage(context, ports, number),
  );
  onButton(bot, addDeviceButton, "device-add", async (context, { platform }) => {
    const isAsked = await askWhere(context, ports, platform);
    if (!isAsked) await addAndShow(context, ports, { platform });
  });
  addDevicePages(bot, ports);
  addDeviceRequests(bot, ports);
}

/** Asks where a new device should be; false: there is nothing to choose. */
export async function askWhere(
  context: BotContext,
  ports: DialoguePorts,
  platform: Platform | undefined,
): Promise<boolean> {
  const owned = await findOwned(context, ports);
  if (owned === undefined || !hasPlaceForOne(owned)) return false;
  const offers = await listOffers(ports, owned.subscription.id);
  if (offers.length === 0) return false;
  answerPress(context);
  const page = whereNewPage(context, offers, platform);
  await show(context, page.text, page.buttons);
  return true;
}

/** Whoever may not add one is told why by the subscription. */
const hasPlaceForOne = ({ current, devices, subscription }: Owned): boolean =>
  letsIn(current.state) && mayAddDevice(devices.length, subscription.deviceLimit);

/** A new device as its owner wants it. */
export interface NewDevice {
  readonly platform?: Platform | undefined;
  /** Left out: any location. */
  readonly pick?: LocationId;
}

/** Requests a new device, and shows the list. */
export async function addAndShow(
  context: BotContext,
  ports: DialoguePorts,
  device: NewDevice,
): Promise<void> {
  const owned = await findOwned(context, ports);
  const ref = await findSubscription(context, ports);
  if (!owned || !ref) return showHome(context, ports);
  await request(context, ports, ref, additionOf(context, owned, device));
  // Pressing one button twice adds one device, so the list needs a new button for the next.
  const page = await openDevicesPage(context, ports);
  await show(context, page.text, page.buttons);
}

const sureReissuePageOf =
  ({ givesLinks }: DialoguePorts) =>
  (context: BotContext, device: DeviceDetails): Page =>
    sureReissuePage(context, device, givesLinks && isOnPanel(device));

/** Pages about one device: its card, and the two questions before something is lost. */
function addDevicePages(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onButton(bot, openDeviceButton, "device-open", (context, { id }) =>
    showDevice(context, ports, id),
  );
  const questions = [
    [sureReissueButton, "device-sure-reissue", sureReissuePageOf(ports)],
    [sureRevokeButton, "device-sure-revoke", sureRevokePage],
  ] as const;
  for (const [button, name, pageOfDevice] of questions) {
    onButton(bot, button, name, (context, { id }) =>
      withDevice(context, ports, id, async (device) => {
        answerPress(context);
        const page = pageOfDevice(context, device);
        await show(context, page.text, page.buttons);
      }),
    );
  }
  onButton(bot, renameDeviceButton, "device-rename", (context, { id }) =>
    withDevice(context, ports, id, (device) => {
      answerPress(context);
      return askName(context, ports, device);
    }),
  );
}

const showDevice = (context: BotContext, ports: DialoguePorts, id: DeviceId): Promise<void> =>
  withDevice(context, ports, id, async (device, owned) => {
    answerPress(context);
    const isOff = letsIn(owned.current.state) && !isGoingOn(device, instant(new Date()));
    const more = isOff ? await offerMore(context, ports, "device") : [];
    const hasLink = ports.givesLinks && isOnPanel(device);
    const hwids = hasLink ? await orUnavailable(ports.links.listHwids(device.id)) : [];
    const links = ports.givesLinks ? { hwids: hwids.map(({ name }) => name) } : undefined;
    const offers = await listOffers(ports, owned.subscription.id);
    const where = offers.length === 0 ? [] : whereRow(context, device);
    const shown = devicePage(context, device, owned, { more, links, where });
    const page = await withMaintenance(context, ports, shown);
    await show(context, page.text, page.buttons);
  });

/** Does something with the sender's own device; whoever has no access is told why. */
export async function withDevice(
  context: BotContext,
  ports: DialoguePorts,
  id: DeviceId,
  act: (device: DeviceDetails, owned: Owned) => Promise<void>,
): Promise<void> {
  const owned = await findOwned(context, ports);
  if (owned === undefined) return showHome(context, ports);
  const device = owned.devices.find((one) => one.id === id);
  if (device === undefined) {
    return answerPress(context, context.texts.access.device.unknown, true);
  }
  return act(device, owned);
}

/** Requests to the subscription, which itself checks that the device is its own. */
function addDeviceRequests(bot: Composer<BotContext>, ports: DialoguePorts): void {
  const commands = {
    show: { kind: "show" },
    qr: { kind: "show", part: "qr" },
    text: { kind: "show", part: "text" },
    link: { kind: "show", part: "link" },
    reissue: { kind: "reissue" },
    revoke: { kind: "revoke" },
    use: { kind: "use" },
    forget: { kind: "forgetHwids" },
  } as const;
  for (const kind of Object.keys(commands) as (keyof typeof commands)[]) {
    const name = `device-${kind}`;
    onButton(bot, deviceRequestButtons[kind], name, async (context, { id, mark }) => {
      const ref = await findSubscription(context, ports);
      if (ref === undefined) return showHome(context, ports);
      const requestId = mark === undefined ? requestIdOf(context) : `${kind}-${mark}`;
      // What ends a question becomes its answer; a key is sent below the page that it was wanted on.
      const place = kind === "reissue" || kind === "revoke" ? inPressed(context) : {};
      await request(context, ports, ref, { ...commands[kind], ...place, requestId, deviceId: id });
      // What was sent may be wanted again from this page, another day: that needs a new button.
      const isOnPage = mark !== undefined && commands[kind].kind === "show";
      if (isOnPage || kind === "show") await showDevice(context, ports, id);
    });
  }
}

/** Requests a new device, named after its platform where that is known. */
export function additionOf(
  context: BotContext,
  { devices, subscription }: Owned,
  { platform, pick }: NewDevice,
): DeviceRequest {
  const { connect, device } = context.texts.access;
  const base = platform === undefined ? device.defaultName : connect.platforms[platform];
  const requestId = requestIdOf(context);
  const id = addedDeviceId(requestId, subscription.id);
  const name = freeName(base, devices);
  return { kind: "add", requestId, deviceId: id, name, ...(pick && { pick }) };
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

/** The sender's subscription that the update is about. */
export async function findSubscription(
  context: BotContext,
  ports: DialoguePorts,
): Promise<SubscriptionRef | undefined> {
  const { customer, telegramId } = context;
  const subscription = await findChosen(context, ports);
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
  const name = tidyName(text, "");
  if (!name) return false;
  if (lengthBeyond(text, longestDeviceName) !== undefined) {
    return refuseTooLong(context, ports, { topic: "rename", text, longest: longestDeviceName });
  }
  const requestId = requestIdOf(context);
  const id = await dialogues.claim(context.telegramId, "rename", requestId);
  if (id === undefined) return false;
  context.handler = "device-rename";
  await chooseByDevice(context, ports, id);
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

async function openDevicesPage(
  context: BotContext,
  ports: DialoguePorts,
  number = 1,
): Promise<Page> {
  const owned = await findOwned(context, ports);
  if (owned === undefined) return openHome(context, ports);
  const { devices, subscription, current } = owned;
  const isFull = letsIn(current.state) && !mayAddDevice(devices.length, subscription.deviceLimit);
  const more = isFull ? await offerMore(context, ports, "device") : [];
  return withMaintenance(context, ports, devicesPage(context, owned, { number, more }));
}

/** The name itself, or the first "name N" that is not in use. */
function freeName(name: string, devices: readonly DeviceDetails[]): string {
  const names = new Set(devices.map((device) => device.name));
  if (!names.has(name)) return name;
  let n = 2;
  while (names.has(`${name} ${n}`)) n += 1;
  return `${name} ${n}`;
}
