import { type EntityManager, queriesOf } from "../../db/orm.ts";
import { HostQueries } from "../../db/queries/access/hosts.ts";
import { listLocations } from "../../db/queries/access/locations.ts";
import type { Audience, LocationCode } from "../../domain/access/location.ts";
import { locationFields } from "../../domain/access/location-change.ts";
import type { ShopChange, ShopRefusal } from "../../domain/operations/shop-change.ts";
import { instant } from "../../domain/time.ts";

/** What can be written after `locations`. */
export const locationUsage = `  locations [list]               the locations with their hosts and how full they are
  locations add CODE FLAG NAME   a new location; hosts edit NAME --location CODE puts hosts there
  locations edit CODE FIELD VALUE
                                 changes one; of its fields see below
  locations remove CODE          one without hosts; devices that were picked for it count as any`;

type LocationsCommand =
  | { readonly kind: "locations" }
  | { readonly kind: "change"; readonly change: ShopChange }
  | { readonly kind: "usage"; readonly problem: string };

const problem = (text: string): LocationsCommand => ({ kind: "usage", problem: text });

/** Reads what is written after `locations`. */
export function readLocationsCommand(
  verb = "list",
  [first, second, ...words]: readonly string[],
): LocationsCommand {
  const code = first as LocationCode | undefined;
  const text = words.join(" ");
  if (verb === "list" && code === undefined) return { kind: "locations" };
  if (verb === "remove" && code !== undefined && second === undefined) {
    return { kind: "change", change: { kind: "removeLocation", code } };
  }
  const isWhole = code !== undefined && second !== undefined && text !== "";
  if (!isWhole || (verb !== "add" && verb !== "edit")) {
    return problem("locations takes: list, add CODE FLAG NAME, edit CODE FIELD VALUE, remove CODE");
  }
  if (verb === "add") {
    return { kind: "change", change: { kind: "newLocation", code, flag: second, name: text } };
  }
  const field = locationFields.find((one) => one === second);
  if (field === undefined) return problem(`a location has no field "${second}"`);
  return { kind: "change", change: { kind: "location", code, field, value: text } };
}

/** A line for each location, and one for the hosts that are in none. */
export async function listLocationLines(em: EntityManager): Promise<string[]> {
  const all = await listLocations(queriesOf(em));
  const hosts = await new HostQueries(em).list(instant(new Date()));
  const loadOf = (code: LocationCode | undefined): string => {
    const own = hosts.filter(({ location }) => location === code);
    const living = own.reduce((sum, host) => sum + host.living, 0);
    const capacity = own.reduce((sum, host) => sum + host.capacity, 0);
    const names = own.map(({ name }) => name).join(", ");
    return own.length === 0 ? "no host" : `${living} of ${capacity} devices on ${names}`;
  };
  if (all.length === 0) {
    return ["there is no location yet, and customers choose none: locations add CODE FLAG NAME"];
  }
  const lines = all.map((one) => {
    const groups = one.groups.length === 0 ? "in no group" : `groups ${one.groups.join(" ")}`;
    const shown = one.isHidden ? "hidden" : "offered";
    const parts = [shown, `for ${audienceIn(one.audience)}`, `order ${one.order}`, groups];
    const names = Object.values(one.names).join(" / ");
    return `${one.code}: ${one.flag} ${names}, ${parts.join(", ")}; ${loadOf(one.code)}`;
  });
  return [...lines, `in no location: ${loadOf(undefined)}`];
}

const audienceIn = (audience: Audience): string =>
  audience.kind === "named" ? audience.customers.join(" ") : audience.kind;

/** What a change of a location has done. */
export function effectOnLocation(
  change: Extract<ShopChange, { kind: "newLocation" | "location" | "removeLocation" }>,
): string {
  switch (change.kind) {
    case "newLocation":
      return `The location ${change.code} is there. Put hosts there: hosts edit NAME --location ${change.code}`;
    case "location":
      return `${change.field} of ${change.code} is set. Devices stay where they are.`;
    case "removeLocation":
      return `The location ${change.code} is removed.`;
  }
}

/** Why a change of a location is refused. */
export const locationProblems: Readonly<
  Record<Extract<ShopRefusal, "noLocation" | "codeTaken" | "hasHosts">, string>
> = {
  noLocation: "there is no such location: locations list has them",
  codeTaken: "there is a location with this code: locations edit changes it",
  hasHosts: "hosts are in it: put them elsewhere first, hosts edit NAME --location CODE, or none",
};
