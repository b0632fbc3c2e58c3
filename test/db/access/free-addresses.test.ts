import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { freeAddresses } from "../../../db/access/placement.ts";
import { addressAt, capacityOf, lowestFree } from "../../../domain/access/address-pool.ts";
import { deviceId } from "../../../domain/ids.ts";
import { AccessBooks, type Subscriber } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";

const db = useDatabase();

interface Holders {
  readonly network: string;
  /** Addresses of accesses whose peer may still be on the host. */
  readonly held: readonly string[];
  /** Addresses of accesses that are gone from the host. */
  readonly gone: readonly string[];
  /** The addresses of each unknown peer. */
  readonly unknown: readonly (readonly string[])[];
}

const networks = fc.constantFrom("10.9.0.8/29", "10.9.0.240/28", "10.8.255.224/27", "10.8.0.0/16");
const holders: fc.Arbitrary<Holders> = networks.chain((network) => {
  const index = fc.nat(Math.min(40, capacityOf(network) - 1));
  const address = index.map((at) => addressAt(network, at));
  const outside = fc.constantFrom("10.200.0.1", "10.200.0.1/32", "fd00::1");
  return fc.record({
    network: fc.constant(network),
    held: fc.uniqueArray(address, { maxLength: 30 }),
    gone: fc.array(address, { maxLength: 5 }),
    unknown: fc.array(fc.uniqueArray(fc.oneof(address, outside), { maxLength: 3 }), {
      maxLength: 4,
    }),
  });
});

/** Adds a host on which these addresses are held. */
async function addHost(books: AccessBooks, owner: Subscriber, given: Holders): Promise<string> {
  const { queries } = books;
  const id = randomUUID();
  await queries
    .insertInto("hosts")
    .values({
      id,
      name: id,
      kind: "memory",
      network: given.network,
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
  const books = new AccessBooks(db);
  const owner = await books.subscriber();
  await fc.assert(
    fc.asyncProperty(holders, fc.integer({ min: 1, max: 12 }), async (given, count) => {
      const { network, held, unknown } = given;
      const id = await addHost(books, owner, given);
      const taken = new Set([...held, ...unknown.flat()]);
      expect(await freeAddresses(books.queries, { id, network }, count)).toEqual(
        lowestFree(network, taken, count),
      );
    }),
    { numRuns: 100 },
  );
});
