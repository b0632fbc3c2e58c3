import type { DeviceDetails } from "../../../db/queries/access/devices.ts";
import type { LocationOffer } from "../../../db/queries/access/location-offers.ts";
import { anyPlace } from "../../../domain/access/location.ts";
import type { Platform } from "../../../domain/access/platforms.ts";
import { connectButton, devicesButton } from "../../../domain/messaging/buttons.ts";
import type { SubscriptionId } from "../../../domain/ids.ts";
import { instant } from "../../../domain/time.ts";
import { labelIn } from "../../../texts/location-lines.ts";
import { addAtButton, openDeviceButton, pickButton, whereDeviceButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { buttonMark, type Buttons } from "../../request.ts";
import { longestLabel, truncate } from "../fit-lines.ts";
import { type Page, withBack } from "../paging.ts";

/** What a subscription's customer may choose from; none where there is nothing to choose. */
export const listOffers = (
  { locations }: BotPorts,
  of: SubscriptionId,
): Promise<readonly LocationOffer[]> =>
  orUnavailable(locations.listOffers(of, instant(new Date())));

/** Where a device is or, while it waits, what was picked for it; undefined: nothing of both. */
const labelOf = ({ language }: BotContext, { place, pick }: DeviceDetails): string | undefined => {
  const label = place === undefined ? pick : place.location;
  return label && labelIn(language, label);
};

/** The line of a device's page about where it is; none in a shop without locations. */
export function locationLine(context: BotContext, device: DeviceDetails): string {
  const label = labelOf(context, device);
  return label === undefined ? "" : `\n${context.texts.access.location.is(label)}`;
}

/** The way to another location, by the name of the present one or by what it does. */
export function whereRow(context: BotContext, device: DeviceDetails, isNamed = false): Buttons {
  const { change, any } = context.texts.access.location;
  const label = labelOf(context, device);
  const named = label === undefined ? any : `🌍 ${label}`;
  const text = truncate(isNamed ? named : change, longestLabel);
  return [[{ text, data: whereDeviceButton.data({ id: device.id }) }]];
}

/** Asks where a device should be. */
export function wherePage(
  context: BotContext,
  device: DeviceDetails,
  offers: readonly LocationOffer[],
): Page {
  const { location } = context.texts.access;
  const { id, name, pick, place } = device;
  const isUsed = place !== undefined && device.lastHandshakeAt !== undefined;
  const lines = [
    location.where(name) + locationLine(context, device),
    ...(isUsed ? ["", location.how] : []),
  ];
  const rows = placesIn(context, offers, pick?.code).map(({ text, code }) => [
    { text, data: pickButton.data({ id, place: code }) },
  ]);
  return withBack(
    context,
    { text: lines.join("\n"), buttons: rows },
    openDeviceButton.data({ id }),
  );
}

/** Asks where a new device should be. */
export function whereNewPage(
  context: BotContext,
  offers: readonly LocationOffer[],
  platform: Platform | undefined,
): Page {
  const { whereNew } = context.texts.access.location;
  const mark = buttonMark();
  const rows = placesIn(context, offers).map(({ text, code }) => [
    { text, data: addAtButton.data({ place: code, mark, platform }) },
  ]);
  const back = platform === undefined ? devicesButton.data({}) : connectButton.data({});
  return withBack(context, { text: whereNew, buttons: rows }, back);
}

/** So many locations fit below a question, each in a row of its own. */
const mostShown = 40;

/** Any, the quickest, comes first. `picked` is marked where something was picked before. */
function placesIn(context: BotContext, offers: readonly LocationOffer[], picked?: string) {
  const { any, full } = context.texts.access.location;
  const places = offers.slice(0, mostShown).map(({ location, hasRoom }) => {
    const label = labelIn(context.language, location);
    const isPicked = location.code === picked;
    const text = hasRoom || isPicked ? label : full(label);
    return { text: truncate(isPicked ? `✅ ${label}` : text, longestLabel), code: location.code };
  });
  return [{ text: any, code: anyPlace } as const, ...places];
}
