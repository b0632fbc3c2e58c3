import type { HostDetails } from "../../../db/queries/access/hosts.ts";
import type { Location, LocationCode } from "../../../domain/access/location.ts";
import { type LocationField, locationFields } from "../../../domain/access/location-change.ts";
import { adminMenuButton } from "../../../domain/messaging/buttons.ts";
import type { Language } from "../../../domain/people/customer.ts";
import { isolated } from "../../../texts/index.ts";
import type { BotContext } from "../../context.ts";
import { hostButton } from "../../host-buttons.ts";
import {
  askLocationButton,
  hostWhereButton,
  locationButton,
  locationFieldButton,
  locationsButton,
  newLocationButton,
  putHostButton,
  removeLocationButton,
  setLocationButton,
  sureRemoveLocationButton,
} from "../../location-buttons.ts";
import { may } from "../../permissions.ts";
import { buttonMark } from "../../request.ts";
import { longestLabel, truncate } from "../fit-lines.ts";
import { type Page, pageOf, withBack } from "../paging.ts";
import { explained } from "./setting-pages.ts";
import { inRows, valuePage } from "./value-page.ts";

/** A location as people read it. */
export const locationName = ({ language }: Pick<BotContext, "language">, of: Location): string =>
  `${of.flag} ${of.names[language]}`;

const hostsIn = (hosts: readonly HostDetails[], code: LocationCode | undefined) =>
  hosts.filter(({ location }) => location === code);

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** All locations in their order, with how full they are. */
export function locationsPage(
  context: BotContext,
  all: readonly Location[],
  { hosts, number = 1 }: { readonly hosts: readonly HostDetails[]; readonly number?: number },
): Page {
  const { locations } = context.texts.operations;
  const entries = all.map((one) => {
    const own = hostsIn(hosts, one.code);
    const living = sum(own.map((host) => host.living));
    const load = locations.load(living, sum(own.map((host) => host.capacity)), own.length);
    const name = locationName(context, one);
    const state = one.isHidden ? locations.hidden : locations.offered;
    return {
      line: locations.line(name, state, load),
      buttons: [
        [{ text: truncate(name, longestLabel), data: locationButton.data({ code: one.code }) }],
      ],
    };
  });
  const elsewhere = hostsIn(hosts, undefined).map(({ name }) => isolated(name));
  const isSplit = all.length > 0 && elsewhere.length > 0;
  const list = {
    head: all.length === 0 ? `${locations.title}\n\n${locations.none}` : `${locations.title}\n`,
    entries,
    foot: isSplit ? `\n${locations.elsewhere(elsewhere.slice(0, mostNamed).join(", "))}` : "",
    buttons: may(context, "changeShop")
      ? [[{ text: locations.add, data: newLocationButton.data({}) }]]
      : [],
    perPage: 8,
    turnTo: (page: number) => locationsButton.data({ page }),
  };
  return withBack(context, pageOf(list, number), adminMenuButton.data({}));
}

/** So many hosts are named, or have a button, on a page about something else. */
const mostNamed = 12;

/** One location; `above` is what has just happened to it. */
export function locationPage(
  context: BotContext,
  location: Location,
  { hosts, above }: { readonly hosts: readonly HostDetails[]; readonly above?: string },
): Page {
  const { locations, settings } = context.texts.operations;
  const { code } = location;
  const own = hostsIn(hosts, code).slice(0, mostNamed);
  const lines = [
    ...(above === undefined ? [] : [above, ""]),
    locations.card(locationName(context, location), code),
    ...locationFields.map((field) =>
      settings.line(fieldName(context, field), fieldValue(context, location, field)),
    ),
    "",
    ...own.map(({ name, living, capacity }) =>
      locations.hostLine(name, locations.hostLoad(living, capacity)),
    ),
    ...(own.length === 0 ? [locations.noHosts] : []),
  ];
  const fields = locationFields.map((field) => ({
    text: fieldName(context, field),
    data: locationFieldButton.data({ code, field }),
  }));
  const buttons = [
    ...inRows(fields),
    ...own.map(({ id, name }) => [
      { text: truncate(`🖥 ${name}`, longestLabel), data: hostButton.data({ id }) },
    ]),
    ...(may(context, "changeShop")
      ? [[{ text: locations.remove, data: sureRemoveLocationButton.data({ code }) }]]
      : []),
  ];
  return withBack(context, { text: lines.join("\n"), buttons }, locationsButton.data({}));
}

type FieldNoun = "offered" | "audience" | "order" | "groups" | "flag" | "name";

const nounOf = (field: LocationField): { readonly noun: FieldNoun; readonly of: Language } => {
  const [noun, of] = field.split("-");
  return { noun: noun as FieldNoun, of: of as Language };
};

/** What is changed, in the admin's language. */
export function fieldName({ texts }: BotContext, field: LocationField): string {
  const { names } = texts.operations.locations;
  const { noun, of } = nounOf(field);
  return noun === "name" ? names.name(texts.people.languages[of]) : names[noun];
}

/** What to send for it. */
export const fieldHow = ({ texts }: BotContext, field: LocationField): string =>
  texts.operations.locations.how[nounOf(field).noun];

/** What it is about and, for those who may change it, what to send for it. */
export const fieldAbout = (context: BotContext, field: LocationField): string =>
  explained(
    context,
    context.texts.operations.locations.about[nounOf(field).noun],
    fieldHow(context, field),
  );

/** What it is now, in words. */
export function fieldValue(context: BotContext, location: Location, field: LocationField): string {
  const { locations } = context.texts.operations;
  const { noun, of } = nounOf(field);
  switch (noun) {
    case "offered":
      return location.isHidden ? locations.yesNo.no : locations.yesNo.yes;
    case "audience": {
      const { audience } = location;
      return audience.kind === "named"
        ? `${locations.named(audience.customers.length)}: ${namedIn(audience.customers)}`
        : locations.audiences[audience.kind];
    }
    case "order":
      return String(location.order);
    case "groups":
      return location.groups.join(", ") || locations.noGroups;
    case "flag":
      return location.flag;
    case "name":
      return isolated(location.names[of]);
  }
}

const namedIn = (customers: readonly number[]): string =>
  `${customers.slice(0, mostNamed).join(" ")}${customers.length > mostNamed ? " …" : ""}`;

/** One thing about a location, with values to choose from. */
export function locationFieldPage(
  context: BotContext,
  location: Location,
  field: LocationField,
): Page {
  const { settings } = context.texts.operations;
  const { code } = location;
  const now = fieldValue(context, location, field);
  return valuePage(context, {
    text: settings.page(fieldName(context, field), fieldAbout(context, field), now),
    choices: choicesOf(context, field).map(({ text, value }) => ({
      text,
      data: setLocationButton.data({ code, field, value, mark: buttonMark() }),
    })),
    ask: field === "offered" ? undefined : askLocationButton.data({ code, field }),
    back: locationButton.data({ code }),
  });
}

function choicesOf(
  { texts }: BotContext,
  field: LocationField,
): readonly { readonly text: string; readonly value: string }[] {
  const { yesNo, audienceButtons, noGroups } = texts.operations.locations;
  switch (nounOf(field).noun) {
    case "offered":
      return [
        { text: yesNo.yes, value: "yes" },
        { text: yesNo.no, value: "no" },
      ];
    case "audience":
      return [
        { text: audienceButtons.all, value: "all" },
        { text: audienceButtons.paying, value: "paying" },
      ];
    case "groups":
      return [{ text: noGroups, value: "off" }];
    case "order":
    case "flag":
    case "name":
      return [];
  }
}

/** The question before a location is removed. */
export function sureRemovePage(context: BotContext, location: Location): Page {
  const { locations } = context.texts.operations;
  const { code } = location;
  const text = `${locations.sure(locationName(context, location))}\n\n${locations.sureDevices}`;
  const mark = buttonMark();
  const buttons = [
    [{ text: locations.yes, data: removeLocationButton.data({ code, mark }) }],
    [{ text: locations.no, data: locationButton.data({ code }) }],
  ];
  return { text, buttons };
}

/** So many locations fit below a question, each in a row of its own. */
const mostOffered = 40;

/** Where a host is, and where it could be. */
export function hostWherePage(
  context: BotContext,
  { id, name, location }: HostDetails,
  all: readonly Location[],
): Page {
  const { locations } = context.texts.operations;
  const now = all.find(({ code }) => code === location);
  const nowIn = now === undefined ? locations.nowhere : locationName(context, now);
  const text = `${locations.whereTitle(name)}\n${locations.whereNow(nowIn)}`;
  const others = all.filter(({ code }) => code !== location).slice(0, mostOffered);
  const buttons = may(context, "changeShop")
    ? [
        ...others.map((one) => [
          {
            text: truncate(locationName(context, one), longestLabel),
            data: putHostButton.data({ id, code: one.code }),
          },
        ]),
        ...(location === undefined
          ? []
          : [[{ text: locations.nowhere, data: putHostButton.data({ id }) }]]),
      ]
    : [];
  return withBack(context, { text, buttons }, hostButton.data({ id }));
}

/** The way from a host's page to where it is; a shop without locations has none. */
export const whereRow = (
  { texts }: BotContext,
  { id }: Pick<HostDetails, "id">,
  all: readonly Location[],
) =>
  all.length === 0
    ? []
    : [[{ text: texts.operations.locations.where, data: hostWhereButton.data({ id }) }]];
