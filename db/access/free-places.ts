import type { QueryCreator } from "kysely";
import {
  type AddressPool,
  capacityOf,
  type DeviceAddresses,
  firstAddressOf,
} from "../../domain/access/address-pool.ts";
import { countAll } from "../expressions.ts";
import type { Queries, Schema } from "../orm.ts";
import { sql } from "../prepared.ts";

/** What an access gets on a host; both are null on a panel, whose devices have no addresses. */
export interface FreePlace {
  readonly address: string | null;
  readonly address6: string | null;
}

/**
 * The places of a host that `count` accesses can have: addresses, or, where its devices have none,
 * nulls for each. Call it under `lockPlaces`.
 */
export const freePlaces = async (
  db: Queries,
  {
    id,
    network,
    network6,
  }: { readonly id: string } & {
    readonly [Of in "network" | "network6"]: string | null;
  },
  count: number,
): Promise<FreePlace[]> =>
  network === null
    ? Array.from({ length: count }, () => ({ address: null, address6: null }))
    : freeAddresses(db, { id, network, network6 }, count);

/**
 * The lowest free addresses of a host: neither an access whose peer may still be there has them,
 * nor a peer that was last seen on the host. Fewer than `count` when the network is full.
 * Call it under `lockPlaces`.
 *
 * This is `lowestFree` of `domain/access/address-pool.ts` in SQL; a test holds the two equal. A
 * host may have tens of thousands of addresses taken, and to read them all would hold the lock,
 * which every placement needs, for as long.
 */
export async function freeAddresses(
  db: Queries,
  { id, network, network6 = null }: AddressPool & { readonly id: string },
  count: number,
): Promise<DeviceAddresses[]> {
  const first = firstAddressOf(network);
  const first6 = network6 === null ? null : firstAddressOf(network6);
  // Looking at `taken + count` places is enough to find `count` free ones.
  return db
    .with((name) => name("taken").materialized(), selectTaken(id))
    .selectFrom((of) => {
      // Series and the arithmetic of addresses have no builder.
      const enough = sql`${of.selectFrom("taken").select(countAll.as("count"))} + ${count}::int`;
      const series = sql<{ place: number }>`generate_series(0,
        least(${capacityOf(network)}::bigint, ${enough}) - 1)`.as<"i">(sql`i (place)`);
      const address = sql<string>`host(${first}::inet + i.place)`;
      const address6 = sql<string | null>`host(${first6}::inet + i.place)`;
      return of
        .selectFrom(series)
        .select(["i.place", address.as("address"), address6.as("address6")])
        .as("pool");
    })
    .select(["pool.address", "pool.address6"])
    .where((of) => {
      const taken = of.selectFrom("taken").select("taken.address");
      const isFree6 = of("pool.address6", "not in", taken.where("taken.address", "is not", null));
      return of.and([
        of("pool.address", "not in", taken.where("taken.address", "is not", null)),
        of.or([of("pool.address6", "is", null), isFree6]),
      ]);
    })
    .orderBy("pool.place")
    .limit(count)
    .execute();
}

/** The addresses of both families that somebody has on this host. */
const selectTaken = (id: string) => (db: QueryCreator<Schema>) => {
  const held = (column: "address" | "address6") =>
    db
      .selectFrom("accesses")
      .select(`${column} as address`)
      .where("hostId", "=", id)
      .where("removedAt", "is", null)
      .where(column, "is not", null);
  return held("address")
    .union(held("address6"))
    .union(
      db
        .selectFrom("unknown_peers")
        // A function that returns a set of rows has no builder.
        .select(sql<string>`jsonb_array_elements_text(addresses)`.as("address"))
        .where("hostId", "=", id),
    );
};

/**
 * Gives an IPv6 address to each access of a host that has got a network of it, at the index of its
 * IPv4 address; where an unknown peer holds that one, the access stays without.
 */
export async function giveSecondAddresses(
  db: Queries,
  { id, network, network6 }: { readonly [Of in "id" | "network" | "network6"]: string },
): Promise<void> {
  // The arithmetic of addresses has no builder.
  const address6 = sql<string>`host(${firstAddressOf(network6)}::inet
    + (accesses.address::inet - ${firstAddressOf(network)}::inet))`;
  await db
    .updateTable("accesses")
    .set({ address6 })
    .where("hostId", "=", id)
    .where("removedAt", "is", null)
    .where("address", "is not", null)
    .where("address6", "is", null)
    .where((of) =>
      of.not(
        of.exists(
          of
            .selectFrom("unknown_peers as u")
            .select("u.identity")
            .where("u.hostId", "=", id)
            .where((it) => it.fn<boolean>("jsonb_exists", ["u.addresses", address6])),
        ),
      ),
    )
    .execute();
}
