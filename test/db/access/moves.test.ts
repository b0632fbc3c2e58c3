import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { moveAccesses, type MoveOrder } from "../../../db/access/moves.ts";
import { takeBackMoves } from "../../../db/access/moving-accesses.ts";
import {
  giveSuccessor,
  type HeldAccess,
  moveAway,
  takeBack,
  useSuccessor,
} from "../../../domain/access/move.ts";
import type { DeviceId, HostId } from "../../../domain/ids.ts";
import { addMs, hourMs, type Instant, instant, minuteMs } from "../../../domain/time.ts";
import { AccessBooks } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { moveOrder, MovingDevices, panel, tunnels } from "../../drivers/moves.ts";

const db = useDatabase();
const books = new AccessBooks(db);
const moves = new MovingDevices(books);

const now = (): Instant => instant(new Date());

const step = fc.oneof(
  fc.constantFrom(
    { kind: "move" as const, overlapMs: minuteMs },
    { kind: "move" as const, overlapMs: 3 * hourMs },
    { kind: "give" as const },
    { kind: "use" as const },
    { kind: "takeBack" as const },
    { kind: "wait" as const, ms: minuteMs },
    { kind: "wait" as const, ms: hourMs },
  ),
);

test("the books and the domain agree on each access of a device, however it is moved", async () => {
  await books.hosts(tunnels(1), tunnels(2), panel(), panel());
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (history) => {
      const { device } = await moves.onHost();
      let model: readonly HeldAccess[] = (await moves.accessesOf(device)).map(({ id }) => {
        return { id, isGiven: true, retiredAt: undefined };
      });
      let overlapMs = 0;
      let at = now();
      const current = () => books.accessOf(device);
      for (const one of history) {
        const { id, identity, hostId, givenAt } = await current();
        if (one.kind === "wait") at = addMs(at, one.ms);
        if (one.kind === "move") {
          const moved = await moves.move(device, { overlapMs: one.overlapMs, now: at });
          if (moved.kind !== "moved") throw new Error(`it is ${moved.kind}`);
          if (moved.hostId === hostId) throw new Error("it is where it was");
          overlapMs = one.overlapMs;
          const successor = { id: moved.accessId, isGiven: false, retiredAt: undefined };
          model = [...moveAway(model, { mayUse: true, overlapMs, now: at }), successor];
        }
        if (one.kind === "give" && givenAt === null) {
          await moves.apply(id, at);
          model = giveSuccessor(model, { overlapMs, now: at });
        }
        if (one.kind === "use" && givenAt !== null) {
          await moves.see(hostId as HostId, identity, at);
          model = useSuccessor(model, at);
        }
        if (one.kind === "takeBack") {
          await books.inTransaction((tx) => takeBackMoves(tx, [device], at));
          model = takeBack(model, at);
        }
        const rows = await moves.accessesOf(device);
        expect(
          rows.map(({ id: access, givenAt: since, retiredAt }) => [
            access,
            since !== null,
            retiredAt && instant(retiredAt),
          ]),
        ).toEqual(model.map((held) => [held.id, held.isGiven, held.retiredAt ?? null]));
      }
    }),
    { numRuns: 60 },
  );
});

test("a device is moved once per request, counts once, and is never moved to where it is", async () => {
  const [from, to] = await books.hosts(tunnels(9), tunnels(10));
  const { device } = await moves.onHost();
  const requestId = randomUUID();
  const again = await Promise.all([1, 2, 3].map(() => moves.move(device, { requestId })));
  expect(new Set(again.map((one) => (one.kind === "moved" ? one.accessId : one.kind))).size).toBe(
    1,
  );
  expect(await moves.accessesOf(device)).toHaveLength(2);
  const { hostId: host } = await books.accessOf(device);
  expect(await moves.move(device, { to: [host as HostId] })).toEqual({ kind: "noRoom" });
  expect([from, to]).toContain(host);
  expect(await moves.move(randomUUID() as DeviceId)).toEqual({ kind: "nothingToMove" });
});

test("hosts of another kind are chosen only where they are named, or a host is lost", async () => {
  const [tunnel, users] = await books.hosts(tunnels(11), panel());
  const { device } = await moves.onHost();
  expect((await books.accessOf(device)).hostId).toBe(tunnel);
  expect(await moves.move(device, { cause: "migration" })).toEqual({ kind: "noRoom" });
  expect(await moves.move(device, { to: [users!] })).toMatchObject({
    kind: "moved",
    hostId: users,
  });
  expect(await moves.move(device, { cause: "lost", overlapMs: 0 })).toMatchObject({
    hostId: tunnel,
  });
});

const kindsOf = (results: ReadonlyMap<DeviceId, { readonly kind: string }>) =>
  Object.fromEntries(
    [...Map.groupBy(results.values(), ({ kind }) => kind)].map(([kind, some]) => [
      kind,
      some.length,
    ]),
  );

test("many devices fill the hosts by their room, and those beyond it stay; of a lost host they wait", async () => {
  const [from] = await books.hosts(tunnels(12));
  const all: DeviceId[] = [];
  for (let count = 0; count < 12; count += 1) all.push((await moves.onHost()).device);
  await books.hosts(tunnels(13, 4), tunnels(14, 5));
  const moveAll = (given: Partial<MoveOrder>) =>
    books.inTransaction((tx) =>
      moveAccesses(tx, moves.ports, { ...moveOrder(given), deviceIds: all }),
    );
  const requestId = randomUUID();
  expect(kindsOf(await moveAll({ requestId }))).toEqual({ moved: 9, noRoom: 3 });
  const stay = await books.queries
    .selectFrom("accesses")
    .select("id")
    .where("hostId", "=", from!)
    .where("retiredAt", "is", null)
    .execute();
  expect(stay).toHaveLength(3);
  expect(kindsOf(await moveAll({ requestId, cause: "lost", overlapMs: 0 }))).toEqual({
    moved: 9,
    waits: 3,
  });
  const waiting = await books.queries
    .selectFrom("accesses")
    .select("id")
    .where("deviceId", "in", all)
    .where("hostId", "is", null)
    .where("retiredAt", "is", null)
    .execute();
  expect(waiting).toHaveLength(3);
});
