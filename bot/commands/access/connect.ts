import type { Composer } from "telegraf";
import type { SubscriptionSummary } from "../../../db/queries/people/customers.ts";
import { isGoingOn } from "../../../domain/access/device-rights.ts";
import { apps, type Platform, platforms, symptoms } from "../../../domain/access/platforms.ts";
import { type DeviceRequest, letsIn, mayAddDevice } from "../../../domain/access/subscription.ts";
import {
  connectButton,
  deviceRequestButtons,
  devicesButton,
} from "../../../domain/messaging/buttons.ts";
import { instant } from "../../../domain/time.ts";
import {
  addDeviceButton,
  connectKeyButton,
  openDeviceButton,
  platformButton,
  supportButton,
  troubleButton,
  worksButton,
} from "../../buttons.ts";
import { findChosen } from "../../chosen-subscription.ts";
import type { BotContext, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, buttonMark, type Buttons, requestIdOf, show } from "../../request.ts";
import { longestLabel, truncate } from "../fit-lines.ts";
import { type Page, withBack } from "../paging.ts";
import { findCurrentPlan } from "../people/current-plan.ts";
import { openHome, showHome } from "../people/home.ts";
import { helpfulButtons, helpRow } from "../people/home-page.ts";
import { stateLine } from "../people/state-line.ts";
import { onButton, onPage, onPageButton } from "../register.ts";
import { additionOf, askWhere, findSubscription, request } from "./devices.ts";
import { listOffers, whereRow } from "./location-choice.ts";
import { withMaintenance } from "./maintenance-words.ts";
import { findOwned, isOnPanel, type Owned } from "./owned.ts";
import { offerMore } from "../payments/sold-add-ons.ts";

/** From a platform to a working connection, and advice where it does not work. */
export function addConnect(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onPage(bot, "connect", connectButton, (context) => openConnect(context, ports));
  onPageButton(bot, platformButton, "platform", async (context, { platform }) =>
    withMaintenance(context, ports, await platformPage(context, ports, platform)),
  );
  onButton(bot, connectKeyButton, "connect-key", (context, { platform }) =>
    sendKey(context, ports, platform),
  );
  onButton(bot, worksButton, "works", async (context) => {
    const current = await findCurrentPlan(context, ports);
    const { enjoy } = context.texts.access.connect;
    answerPress(context, current !== undefined && letsIn(current.state) ? enjoy : undefined);
    const page = await openHome(context, ports);
    await show(context, page.text, page.buttons);
  });
  onPageButton(bot, troubleButton, "trouble", (context, { symptom }) =>
    symptom === undefined ? troublePage(context) : symptomPage(context, symptom),
  );
}

/** The choice of a platform; whoever has no access now reads why, and what helps. */
async function openConnect(context: BotContext, ports: DialoguePorts): Promise<Page> {
  const owned = await findOwned(context, ports);
  if (owned === undefined) return openHome(context, ports);
  return withMaintenance(context, ports, wayIn(context, ports, owned));
}

function wayIn(context: BotContext, ports: DialoguePorts, owned: Owned): Page {
  if (!letsIn(owned.current.state)) {
    const text = stateLine(context, owned, instant(new Date()));
    const buttons = [...helpfulButtons(context, owned), ...helpRow(context)];
    return withBack(context, { text, buttons });
  }
  if (ports.givesLinks && owned.devices.length > 0 && owned.devices.every(isOnPanel)) {
    return linkPage(context, owned);
  }
  const { connect } = context.texts.access;
  const buttons = platforms.map((platform) => {
    return { text: connect.platforms[platform], data: platformButton.data({ platform }) };
  });
  const rows = [buttons.slice(0, 2), buttons.slice(2, 4), buttons.slice(4)];
  return withBack(context, { text: connect.title, buttons: rows });
}

/** A link has a page of its own with the apps of each platform: the bot sends the link. */
function linkPage(context: BotContext, { devices }: Owned): Page {
  const { connect, link } = context.texts.access;
  const [only, ...others] = devices;
  const send =
    only === undefined || others.length > 0
      ? { text: link.send, data: devicesButton.data({}) }
      : {
          text: link.send,
          data: deviceRequestButtons.show.data({ id: only.id, mark: buttonMark() }),
        };
  const trouble = [
    { text: connect.works, data: worksButton.data({}) },
    { text: connect.fails, data: troubleButton.data({}) },
  ];
  return withBack(context, { text: link.connect, buttons: [[send], trouble] });
}

/** Whether there is a device, and a place for another one. */
const mayAddAnother = (devices: number, { deviceLimit }: SubscriptionSummary): boolean =>
  devices > 0 && mayAddDevice(devices, deviceLimit);

async function platformPage(
  context: BotContext,
  ports: DialoguePorts,
  platform: Platform,
): Promise<Page> {
  const { connect } = context.texts.access;
  const subscription = await findChosen(context, ports);
  const now = instant(new Date());
  const count = subscription && (await orUnavailable(ports.devices.count(subscription.id, now)));
  const where = subscription === undefined ? [] : await whereOfOnly(context, ports, subscription);
  const another = { text: connect.newDevice, data: addDeviceButton.data({ platform }) };
  const { name, url } = apps[platform];
  const isRouter = platform === "router";
  const page = {
    text: isRouter ? connect.routerSteps : connect.steps(name),
    buttons: [
      [{ text: isRouter ? connect.guide : connect.install(name), url }],
      [{ text: connect.sendKey, data: connectKeyButton.data({ platform }) }],
      ...where,
      ...(subscription && count && mayAddAnother(count.held, subscription) ? [[another]] : []),
      [
        { text: connect.works, data: worksButton.data({}) },
        { text: connect.fails, data: troubleButton.data({}) },
      ],
    ],
  };
  return withBack(context, page, connectButton.data({}));
}

/** Where the only device is, and the way to another location, where there are several. */
async function whereOfOnly(
  context: BotContext,
  ports: DialoguePorts,
  { id }: SubscriptionSummary,
): Promise<Buttons> {
  const offers = await listOffers(ports, id);
  if (offers.length === 0) return [];
  const [only, ...others] = await orUnavailable(ports.devices.list(id, instant(new Date())));
  return only === undefined || others.length > 0 ? [] : whereRow(context, only, true);
}

/**
 * Sends the key of the only device, or adds the first one. Asks which device it is where there are
 * several, or where the only one is in use and there is a place for another: one key is for one.
 */
async function sendKey(
  context: BotContext,
  ports: DialoguePorts,
  platform: Platform,
): Promise<void> {
  const owned = await findOwned(context, ports);
  const ref = await findSubscription(context, ports);
  if (owned === undefined || ref === undefined) return showHome(context, ports);
  const [device, ...others] = owned.devices;
  const isInUse = device?.lastHandshakeAt !== undefined;
  if (others.length > 0 || (isInUse && mayAddAnother(owned.devices.length, owned.subscription))) {
    const page = await whichPage(context, ports, { owned, platform });
    answerPress(context);
    return show(context, page.text, page.buttons);
  }
  if (device === undefined && (await askWhere(context, ports, platform))) return;
  const requestId = requestIdOf(context);
  const command: DeviceRequest =
    device === undefined
      ? additionOf(context, owned, { platform })
      : { kind: "show", requestId, deviceId: device.id };
  await request(context, ports, ref, command);
}

async function whichPage(
  context: BotContext,
  ports: DialoguePorts,
  { owned, platform }: { readonly owned: Owned; readonly platform: Platform },
): Promise<Page> {
  const { devices, subscription } = owned;
  const { connect } = context.texts.access;
  const mostShown = 20;
  const now = instant(new Date());
  const buttons = devices.slice(0, mostShown).map((device) => {
    const { id, name } = device;
    // The key of one that is off opens nothing: its page says why, and what helps.
    const [mark, data] = isGoingOn(device, now)
      ? ["📱", deviceRequestButtons.show.data({ id })]
      : ["⏸", openDeviceButton.data({ id })];
    return [{ text: truncate(`${mark} ${name}`, longestLabel), data }];
  });
  const add = { text: connect.newDevice, data: addDeviceButton.data({ platform }) };
  const hasRoom = mayAddDevice(devices.length, subscription.deviceLimit);
  const rows = [...buttons, ...(hasRoom ? [[add]] : await offerMore(context, ports, "device"))];
  return withBack(
    context,
    { text: connect.which, buttons: rows },
    platformButton.data({ platform }),
  );
}

function troublePage(context: BotContext): Page {
  const { connect } = context.texts.access;
  const rows = symptoms.map((symptom) => [
    { text: connect.symptoms[symptom], data: troubleButton.data({ symptom }) },
  ]);
  const person = { text: connect.person, data: supportButton.data({}) };
  const page = { text: connect.trouble, buttons: [...rows, [person]] };
  return withBack(context, page, connectButton.data({}));
}

function symptomPage(context: BotContext, symptom: (typeof symptoms)[number]): Page {
  const { connect } = context.texts.access;
  const person = { text: connect.person, data: supportButton.data({}) };
  const works = { text: connect.works, data: worksButton.data({}) };
  const { menu } = context.texts.messaging;
  const devices = { text: menu.devices, data: devicesButton.data({}) };
  const ways = symptom === "slow" ? [] : [[devices]];
  const page = { text: connect.tips[symptom], buttons: [...ways, [works], [person]] };
  return withBack(context, page, troubleButton.data({}));
}
