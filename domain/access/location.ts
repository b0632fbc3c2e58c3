import type { Branded, LocationId, TelegramId } from "../ids.ts";
import type { Language } from "../people/customer.ts";

/** By which commands and plans know a location; it stays the same. */
export type LocationCode = Branded<string, "LocationCode">;

/** In place of a code, which never has this letter: any location. */
export const anyPlace = "_";

/** The customers that a location is for. */
export type Audience =
  | { readonly kind: "all" }
  /** Those who have paid for time; whoever was only given a trial, or days, does not have it. */
  | { readonly kind: "paying" }
  | { readonly kind: "named"; readonly customers: readonly TelegramId[] };

/** A place in the world with hosts, as customers choose it. A host in none is "anywhere else". */
export interface Location {
  readonly id: LocationId;
  readonly code: LocationCode;
  /** An emoji. */
  readonly flag: string;
  readonly names: Readonly<Record<Language, string>>;
  /** By which plans name it, beside other locations. */
  readonly groups: readonly string[];
  readonly order: number;
  /** Offered to nobody: who has picked it before stays. */
  readonly isHidden: boolean;
  readonly audience: Audience;
}

/** How people read a location. */
export type LocationLabel = Pick<Location, "flag" | "names">;

/** What decides which locations a device may have. */
export interface LocationRights {
  readonly telegramId: TelegramId;
  /** Its customer has paid for time. */
  readonly hasPaid: boolean;
  /** The groups that its plan names; undefined: all locations. */
  readonly groups: readonly string[] | undefined;
}

/** Whether a location is in the plan, and for this customer. */
export function isOpenTo({ groups, audience }: Location, rights: LocationRights): boolean {
  const isInPlan = rights.groups === undefined || rights.groups.some((one) => groups.includes(one));
  return isInPlan && isFor(audience, rights);
}

function isFor(audience: Audience, { hasPaid, telegramId }: LocationRights): boolean {
  switch (audience.kind) {
    case "all":
      return true;
    case "paying":
      return hasPaid;
    case "named":
      return audience.customers.includes(telegramId);
  }
}

/** The locations that a customer may pick for a device, in the owner's order. */
export const offeredTo = (locations: readonly Location[], rights: LocationRights): Location[] =>
  locations.filter((one) => !one.isHidden && isOpenTo(one, rights)).toSorted(byOrder);

/** The owner's order; equal ones by their codes. */
export const byOrder = (one: Location, other: Location): number =>
  one.order - other.order || (one.code < other.code ? -1 : 1);

/** The place that a device waits for. */
export interface WantedPlace {
  /** What its customer has picked; undefined: any, the quickest. */
  readonly pick: Location | undefined;
  readonly rights: LocationRights;
}

/**
 * Whether a device may come to a host in this location; undefined: the host is in none, where plans
 * that name groups do not lead. A pick counts also when the location was hidden since; one that the
 * plan does not have any more, or that is not for the customer, counts as none.
 */
export function suits({ pick, rights }: WantedPlace, location: Location | undefined): boolean {
  if (pick !== undefined && isOpenTo(pick, rights)) return location?.id === pick.id;
  if (location === undefined) return rights.groups === undefined;
  return !location.isHidden && isOpenTo(location, rights);
}
