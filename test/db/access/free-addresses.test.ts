import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { freeAddresses, giveSecondAddresses } from "../../../db/access/free-places.ts";
import { addressAt, capacityOf, lowestFree } from "../../../domain/access/address-pool.ts";
import { deviceId } from "../../../domain/ids.ts";
import { AccessBooks, type Subscriber } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";

const db = useDatabase();
let books: AccessBooks;
let owner: Subscriber;
beforeAll(async () => {
  books = new AccessBooks(db);
  owner = await books.subscriber();
});

interface Holders {
  readonly network: string;
  readonly network6: string | null;
  /** Addresses of accesses whose peer may still be on the host. */
  readonly held: readonly string[];
  /** Addresses of accesses that are gone from the host. */
  readonly gone: readonly string[];
  /** The addresses of each unknown peer. */
  readonly unknown: readonly (readonly string[])[];
}

const network6 = "fd0c:7e4a:9b31::/64";

/** The IPv6 address at the same index. */
const sixthOf = (network: string, address: string): string => {
  const index = Array.from({ length: 41 }, (_, at) => at).find(
    (at) => at < capacityOf(network) && addressAt(network, at) === address,
  );
  return addressAt(network6, index!);
};

const networks = fc.constantFrom("10.9.0.8/29", "10.9.0.240/28", "10.8.255.224/27", "10.8.0.0/16");
const holders: fc.Arbitrary<Holders> = networks.chain((network) => {
  const index = fc.nat(Math.min(40, capacityOf(network) - 1));
  const address = index.map((at) => addressAt(network, at));
  const outside = fc.constantFrom("10.200.0.1", "10.200.0.1/32", "fd00::1");
  const other = index.map((at) => addressAt(network6, at));
  return fc.record({
    network: fc.constant(network),
    network6: fc.constantFrom(null, network6),
    held: fc.uniqueArray(address, { maxLength: 30 }),
    gone: fc.array(address, { maxLength: 5 }),
    unknown: fc.array(fc.uniqueArray(fc.oneof(address, other, outside), { maxLength: 3 }), {
      maxLength: 4,
    }),
  });
});

/** Adds a host on which these addresses are held. */
async function addHost(given: Holders): Promise<string> {
  const { queries } = books;
  const id = randomUUID();
  await queries
    .insertInto("hosts")
    .values({
      id,
      name: id,
      kind: "memory",
      network: given.network,
      network6: given.network6,
      serverAddress: "10.0.0.1",
      capacity: 9,
      weight: 1,
      state: "open",
      settingsEncrypted: "",
    })
    .execute();
  const device = deviceId(randomUUID());
  const ownedBy = { subscriptionId: owner.subscriptionId as string };
  await queries
    .insertInto("devices")
    .values({ id: device, name: "phone", ...ownedBy })
    .execute();
  const retiredAt = new Date();
  const access = (address: string, removedAt: Date | null) => ({
    id: randomUUID(),
    deviceId: device as string,
    ...ownedBy,
    hostId: id,
    identity: randomUUID(),
    address,
    address6: given.network6 && sixthOf(given.network, address),
    secretsEncrypted: "",
    presharedHash: "",
    requestId: randomUUID(),
    retiredAt,
    removedAt,
  });
  const accesses = [
    ...given.held.map((address) => access(address, null)),
    ...given.gone.map((address) => access(address, retiredAt)),
  ];
  if (accesses.length > 0) await queries.insertInto("accesses").values(accesses).execute();
  for (const addresses of given.unknown) {
    await queries
      .insertInto("unknown_peers")
      .values({ hostId: id, identity: randomUUID(), addresses, batch: "b", state: "found" })
      .execute();
  }
  return id;
}

test("the database and the domain choose the same addresses, whoever holds the others", async () => {
  await fc.assert(
    fc.asyncProperty(holders, fc.integer({ min: 1, max: 12 }), async (given, count) => {
      const { network, network6, held, unknown } = given;
      const pool = { network, network6 };
      const id = await addHost(given);
      const taken = new Set([...held, ...unknown.flat()]);
      expect(await freeAddresses(books.queries, { id, ...pool }, count)).toEqual(
        lowestFree(pool, taken, count),
      );
    }),
    { numRuns: 100 },
  );
});

test("a host that gets IPv6 later has an address of it for each device, but for those of strangers", async () => {
  const network = "10.9.4.0/24";
  const held = ["10.9.4.2", "10.9.4.3", "10.9.4.41"];
  const unknown = [[sixthOf(network, "10.9.4.3")]];
  const given = { network, network6: null, held, gone: ["10.9.4.2"], unknown };
  const id = await addHost(given);
  await giveSecondAddresses(books.queries, { id, network, network6 });
  const rows = await books.queries
    .selectFrom("accesses")
    .select(["address", "address6"])
    .where("hostId", "=", id)
    .where("removedAt", "is", null)
    .orderBy("address")
    .execute();
  expect(rows).toEqual([
    { address: "10.9.4.2", address6: "fd0c:7e4a:9b31::2" },
    { address: "10.9.4.3", address6: null },
    { address: "10.9.4.41", address6: "fd0c:7e4a:9b31::29" },
  ]);
});

test("the database has an IPv6 address once per host, in its one form, and never alone", async () => {
  const network = "10.9.5.0/24";
  const given = { network, network6, held: ["10.9.5.2", "10.9.5.3"], gone: [], unknown: [] };
  const id = await addHost(given);
  const write = (row: { address?: null; address6: string }) =>
    books.queries
      .updateTable("accesses")
      .set(row)
      .where("hostId", "=", id)
      .where("address", "=", "10.9.5.3")
      .execute();
  await expect(write({ address6: "fd0c:7e4a:9b31::2" })).rejects.toThrow(/one_address6_once/u);
  await expect(write({ address6: "FD0C:7e4a:9b31::9" })).rejects.toThrow(/check constraint/u);
  await expect(write({ address6: "10.9.5.9" })).rejects.toThrow(/check constraint/u);
  await expect(write({ address: null, address6: "fd00::9" })).rejects.toThrow(/check constraint/u);
});
