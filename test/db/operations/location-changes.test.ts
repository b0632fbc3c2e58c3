import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { ShopChanges } from "../../../db/operations/shop-changes.ts";
import { listLocations } from "../../../db/queries/access/locations.ts";
import type { LocationCode } from "../../../domain/access/location.ts";
import { deviceId } from "../../../domain/ids.ts";
import { operator, type ShopChange } from "../../../domain/operations/shop-change.ts";
import { instant } from "../../../domain/time.ts";
import { hostSettings } from "../../../gateways/hosts/registry.ts";
import { AccessBooks } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { memoryHostSettings } from "../../gateways/hosts/host-settings.ts";

const db = useDatabase();
let books: AccessBooks;
beforeAll(() => {
  books = new AccessBooks(db);
});

const change = (wanted: ShopChange, by: number | typeof operator = operator, id = randomUUID()) =>
  new ShopChanges(db.writer.em).changeOnce(
    { requestId: id, by: by as typeof operator, change: wanted },
    instant(new Date()),
  );
const code = (text: string) => text as LocationCode;
const nl = { kind: "newLocation", code: "nl", flag: "🇳🇱", name: "Netherlands" } as const;

test("a location is added, changed and removed once per request, each with an audit row, by those who may change the shop", async () => {
  const requestId = randomUUID();
  const added = { kind: "changed", location: "nl" };
  expect(await change(nl, operator, requestId)).toEqual(added);
  expect(await change(nl, operator, requestId)).toEqual(added);
  expect(await change(nl)).toEqual({ kind: "refused", why: "codeTaken" });
  const edit = (field: "groups" | "audience" | "offered", value: string) =>
    change({ kind: "location", code: code("nl"), field, value });
  expect(await edit("groups", "eu premium")).toEqual(added);
  expect(await edit("groups", "eu premium")).toEqual({ kind: "same" });
  expect(await edit("audience", "5001 5002")).toEqual(added);
  expect(await edit("audience", "bob")).toEqual({ kind: "refused", why: "badValue" });
  expect(await edit("offered", "no")).toEqual(added);
  expect(await listLocations(books.queries)).toMatchObject([
    {
      code: "nl",
      flag: "🇳🇱",
      names: { en: "Netherlands", ru: "Netherlands" },
      groups: ["eu", "premium"],
      isHidden: true,
      audience: { kind: "named", customers: [5001, 5002] },
    },
  ]);
  const customer = await books.person();
  const admin = await books.person("admin");
  const remove = { kind: "removeLocation", code: code("nl") } as const;
  expect(await change(remove, customer)).toEqual({ kind: "refused", why: "notAdmin" });
  expect(await change(remove, admin)).toEqual(added);
  expect(await change(remove)).toEqual({ kind: "refused", why: "noLocation" });
  expect(await listLocations(books.queries)).toEqual([]);
  const audit = await books.queries
    .selectFrom("audit_log")
    .select(["actor", "after"])
    .where("act", "=", "location")
    .orderBy("at")
    .execute();
  expect(audit.map(({ actor }) => actor)).toEqual([0, 0, 0, 0, admin]);
  expect(audit.map(({ after }) => after["location"])).toEqual(Array(5).fill("nl"));
});

test("a location with hosts is not removed; one without lets the devices that were picked for it go anywhere", async () => {
  await change(nl);
  const [location] = await listLocations(books.queries);
  const network = "10.9.0.0/20";
  const settings = hostSettings.parse({
    ...memoryHostSettings(),
    network,
    serverAddress: "10.9.0.1",
  });
  const [host] = await books.hosts({ name: "one", capacity: 9, weight: 1, settings });
  const put = (locationId: string | null) =>
    books.queries.updateTable("hosts").set({ locationId }).where("id", "=", host!).execute();
  await put(location!.id);
  const device = deviceId(randomUUID());
  await books.add(await books.subscriber(), device, randomUUID(), location!.id);
  const remove = { kind: "removeLocation", code: code("nl") } as const;
  expect(await change(remove)).toEqual({ kind: "refused", why: "hasHosts" });
  await put(null);
  expect(await change(remove)).toMatchObject({ kind: "changed" });
  const row = books.queries.selectFrom("devices").select("locationId").where("id", "=", device);
  expect(await row.executeTakeFirst()).toEqual({ locationId: null });
  expect((await books.accessOf(device)).hostId).toBe(host);
});
