import type { Location, LocationCode } from "../../../domain/access/location.ts";
import { offeredTo } from "../../../domain/access/location.ts";
import type { SubscriptionId } from "../../../domain/ids.ts";
import type { Instant } from "../../../domain/time.ts";
import { selectHostsWithRoom } from "../../access/placement.ts";
import { type EntityManager, queriesOf } from "../../orm.ts";
import { findRights, listLocations } from "./locations.ts";

/** A location as it is offered to a customer. */
export interface LocationOffer {
  readonly location: Location;
  /** One of its hosts answers and has room. */
  readonly hasRoom: boolean;
}

/** Locations, for display. */
export class LocationQueries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** All of them in the owner's order; none: the shop has made none. */
  list(): Promise<Location[]> {
    return listLocations(queriesOf(this.#em));
  }

  /** One of them; undefined: there is none of this code. */
  async find(code: LocationCode): Promise<Location | undefined> {
    return (await this.list()).find((one) => one.code === code);
  }

  /**
   * The locations that a subscription's customer may pick and that have a host that takes devices;
   * none where there is nothing to choose.
   */
  async listOffers(of: SubscriptionId, now: Instant): Promise<LocationOffer[]> {
    const db = queriesOf(this.#em);
    const all = await listLocations(db);
    if (all.length < 2) return [];
    const rights = await findRights(db, of);
    const open = await db
      .selectFrom("hosts")
      .select("locationId")
      .distinct()
      .where("state", "=", "open")
      .where("weight", ">", 0)
      .execute();
    const places = await selectHostsWithRoom(db, all, now);
    const offers = (rights === undefined ? [] : offeredTo(all, rights))
      .filter(({ id }) => open.some(({ locationId }) => locationId === id))
      .map((location) => {
        const own = places.filter((place) => place.location?.id === location.id);
        return { location, hasRoom: own.some(({ isAway }) => !isAway) };
      });
    return offers.length < 2 ? [] : offers;
  }
}
