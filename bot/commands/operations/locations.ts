import type { Composer } from "telegraf";
import { changeHost } from "../../../client/hosts.ts";
import type { Location, LocationCode } from "../../../domain/access/location.ts";
import { type LocationField, locationFields } from "../../../domain/access/location-change.ts";
import type { HostId } from "../../../domain/ids.ts";
import type { ShopRefusal } from "../../../domain/operations/shop-change.ts";
import { instant } from "../../../domain/time.ts";
import type { BotContext, BotPorts, DialoguePorts } from "../../context.ts";
import { hostsButton } from "../../host-buttons.ts";
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
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, ask, say, show } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";
import { onAdminButton, onAdminPageButton } from "../register.ts";
import { hostPage } from "./host-pages.ts";
import {
  fieldAbout,
  fieldHow,
  fieldName,
  fieldValue,
  hostWherePage,
  locationFieldPage,
  locationName,
  locationPage,
  locationsPage,
  sureRemovePage,
  whereRow,
} from "./location-pages.ts";
import { makeChange } from "./settings.ts";

/** The locations as admins change them, and where hosts are. */
export function addLocations(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onAdminPageButton(bot, locationsButton, "locations", (context, { page = 1 }) =>
    openLocations(context, ports, page),
  );
  onAdminPageButton(bot, locationButton, "location", (context, { code }) =>
    openLocation(context, ports, code),
  );
  onAdminPageButton(bot, locationFieldButton, "location-field", (context, { code, field }) =>
    withLocation(context, ports, code, (one) => locationFieldPage(context, one, field)),
  );
  onAdminPageButton(bot, sureRemoveLocationButton, "location-sure", (context, { code }) =>
    withLocation(context, ports, code, (one) => sureRemovePage(context, one)),
  );
  onAdminButton(bot, setLocationButton, "location-set", async (context, { value, ...of }) => {
    const { settings } = context.texts.operations;
    const result = await makeChange(context, ports, { kind: "location", ...of, value });
    if (result.kind === "refused") {
      return answerPress(context, plain(refusalOf(context, result.why, of.field)), true);
    }
    if (result.kind === "same") return answerPress(context, settings.same);
    answerPress(context, settings.saved);
    const page = await changedPage(context, ports, of);
    await show(context, page.text, page.buttons);
  });
  onAdminButton(bot, askLocationButton, "location-ask", async (context, of) => {
    answerPress(context);
    await askForField(context, ports, of);
  });
  onAdminButton(bot, newLocationButton, "location-new", async (context) => {
    answerPress(context);
    await askForNew(context, ports);
  });
  onAdminButton(bot, removeLocationButton, "location-remove", (context, { code }) =>
    remove(context, ports, code),
  );
  addPlacesOfHosts(bot, ports);
}

function addPlacesOfHosts(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onAdminPageButton(bot, hostWhereButton, "host-where", async (context, { id }) => {
    const { hosts, locations } = await read(ports);
    const host = hosts.find((one) => one.id === id);
    return host === undefined ? goneHost(context) : hostWherePage(context, host, locations);
  });
  onAdminButton(bot, putHostButton, "host-at", (context, { id, code }) =>
    putHost(context, ports, { id, code }),
  );
}

const goneHost = (context: BotContext): Page =>
  withBack(
    context,
    { text: context.texts.operations.hosts.gone, buttons: [] },
    hostsButton.data({}),
  );

async function read({ locations, hosts }: BotPorts) {
  const all = await orUnavailable(locations.list());
  return { locations: all, hosts: await orUnavailable(hosts.list(instant(new Date()))) };
}

async function openLocations(context: BotContext, ports: BotPorts, number = 1): Promise<Page> {
  const { locations, hosts } = await read(ports);
  return locationsPage(context, locations, { hosts, number });
}

async function withLocation(
  context: BotContext,
  ports: BotPorts,
  code: LocationCode,
  render: (location: Location) => Page,
): Promise<Page> {
  const all = await orUnavailable(ports.locations.list());
  const found = all.find((one) => one.code === code);
  if (found !== undefined) return render(found);
  const page = { text: context.texts.operations.locations.gone, buttons: [] };
  return withBack(context, page, locationsButton.data({}));
}

/** The page of a location; `above` is what has just happened to it. */
async function openLocation(
  context: BotContext,
  ports: BotPorts,
  code: LocationCode,
  above?: string,
): Promise<Page> {
  const hosts = await orUnavailable(ports.hosts.list(instant(new Date())));
  const more = above === undefined ? { hosts } : { hosts, above };
  return withLocation(context, ports, code, (one) => locationPage(context, one, more));
}

interface FieldOfLocation {
  readonly code: LocationCode;
  readonly field: LocationField;
}

async function changedPage(
  context: BotContext,
  ports: BotPorts,
  { code, field }: FieldOfLocation,
): Promise<Page> {
  const { locations, settings } = context.texts.operations;
  const all = await orUnavailable(ports.locations.list());
  const found = all.find((one) => one.code === code);
  const value = found === undefined ? "" : fieldValue(context, found, field);
  const above = settings.changed(fieldName(context, field), value, locations.effect);
  return openLocation(context, ports, code, above);
}

function refusalOf(context: BotContext, why: ShopRefusal, field: LocationField): string {
  const { locations, settings } = context.texts.operations;
  switch (why) {
    case "badValue":
      return settings.wrong(fieldHow(context, field));
    case "noLocation":
      return locations.gone;
    case "codeTaken":
      return locations.codeTaken;
    case "hasHosts":
      return locations.hasHosts;
    case "notAdmin":
    case "noPlan":
    case "noPrice":
      return settings.notAdmin;
  }
}

/** An answer to a press has no markup. */
const plain = (html: string): string => html.replaceAll(/<[^>]+>/gu, "");

async function askForField(
  context: BotContext,
  { dialogues }: DialoguePorts,
  { code, field }: FieldOfLocation,
  problem?: string,
): Promise<void> {
  const { settings } = context.texts.operations;
  await dialogues.open(context.telegramId, "shop", `location ${code} ${field}`);
  const question = settings.ask(fieldName(context, field), fieldAbout(context, field));
  await ask(context, problem ?? question, settings.field);
}

async function askForNew(
  context: BotContext,
  { dialogues }: DialoguePorts,
  problem?: string,
): Promise<void> {
  const { locations } = context.texts.operations;
  await dialogues.open(context.telegramId, "shop", "new-location");
  await ask(context, problem ?? locations.askNew, locations.newField);
}

/** Takes the message that answers a question about a location; false: it was about something else. */
export async function takeLocationValue(
  context: BotContext,
  ports: DialoguePorts,
  { subject, text }: { readonly subject: readonly string[]; readonly text: string },
): Promise<boolean> {
  const [kind, code = "", name] = subject;
  const field = locationFields.find((one) => one === name);
  if (kind === "new-location") await takeNew(context, ports, text);
  else if (kind === "location" && field !== undefined) {
    await takeField(context, ports, { code: code as LocationCode, field }, text);
  } else return false;
  return true;
}

async function takeField(
  context: BotContext,
  ports: DialoguePorts,
  of: FieldOfLocation,
  value: string,
): Promise<void> {
  context.handler = "location-write";
  const { settings } = context.texts.operations;
  const result = await makeChange(context, ports, { kind: "location", ...of, value });
  if (result.kind === "refused") {
    const problem = refusalOf(context, result.why, of.field);
    if (result.why === "badValue") return askForField(context, ports, of, problem);
    return say(context, problem);
  }
  const page =
    result.kind === "same"
      ? await openLocation(context, ports, of.code, settings.same)
      : await changedPage(context, ports, of);
  await say(context, page.text, page.buttons);
}

async function takeNew(context: BotContext, ports: DialoguePorts, text: string): Promise<void> {
  context.handler = "location-new";
  const { locations, settings } = context.texts.operations;
  const [code = "", flag = "", ...words] = text.trim().split(/\s+/u);
  const made = { code: code.toLowerCase(), flag, name: words.join(" ") };
  const result = await makeChange(context, ports, { kind: "newLocation", ...made });
  if (result.kind === "refused") {
    if (result.why === "notAdmin") return say(context, settings.notAdmin);
    const isTaken = result.why === "codeTaken";
    const problem = isTaken ? locations.codeTaken : settings.wrong(locations.newHow);
    return askForNew(context, ports, problem);
  }
  const location = made.code as LocationCode;
  const page = await openLocation(context, ports, location, locations.added);
  await say(context, page.text, page.buttons);
}

async function remove(context: BotContext, ports: BotPorts, code: LocationCode): Promise<void> {
  const { locations, settings } = context.texts.operations;
  const all = await orUnavailable(ports.locations.list());
  const before = all.find((one) => one.code === code);
  const result = await makeChange(context, ports, { kind: "removeLocation", code });
  if (result.kind === "refused" && result.why === "notAdmin") {
    return answerPress(context, settings.notAdmin, true);
  }
  answerPress(context);
  const name = before === undefined ? code : locationName(context, before);
  const page =
    result.kind === "refused" && result.why === "hasHosts"
      ? await openLocation(context, ports, code, locations.hasHosts)
      : withHead(await openLocations(context, ports), locations.removed(name));
  await show(context, page.text, page.buttons);
}

const withHead = ({ text, buttons }: Page, head: string): Page => {
  return { text: `${head}\n\n${text}`, buttons };
};

async function putHost(
  context: BotContext,
  ports: BotPorts,
  { id, code }: { readonly id: HostId | undefined; readonly code: LocationCode | undefined },
): Promise<void> {
  const { hosts: words, locations: texts } = context.texts.operations;
  if (id === undefined) return answerPress(context, words.gone, true);
  // Pressed again later it is another request: the update names it.
  const requestId = `host-at-${context.update.update_id}`;
  const change = { kind: "edit", hostId: id, location: code ?? null } as const;
  const result = await changeHost(ports.client, { requestId, by: context.telegramId, change });
  if (result.kind === "refused") {
    const problems = { notAdmin: words.notAdmin, noLocation: texts.gone };
    const why = result.why === "notAdmin" || result.why === "noLocation" ? result.why : undefined;
    return answerPress(context, why === undefined ? words.gone : problems[why], true);
  }
  answerPress(context, result.kind === "same" ? words.same : undefined);
  const { hosts, locations } = await read(ports);
  const host = hosts.find((one) => one.id === id);
  const page =
    host === undefined
      ? goneHost(context)
      : hostPage(context, host, { above: texts.put, rows: whereRow(context, host, locations) });
  await show(context, page.text, page.buttons);
}
