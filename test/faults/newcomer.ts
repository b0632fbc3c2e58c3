import { randomUUID } from "node:crypto";
import { requestDevice, startCalendar } from "../../client/access.ts";
import { openSubscription } from "../../db/access/subscriptions.ts";
import { bookTime } from "../../db/access/time-lots.ts";
import { inTransaction } from "../../db/orm.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { addedDeviceId } from "../../domain/derived-ids.ts";
import type { TelegramId } from "../../domain/ids.ts";
import { dayMs, instant } from "../../domain/time.ts";
import { eventually } from "../drivers/eventually.ts";
import { arrive, type FaultWorld } from "./payment-world.ts";

const patienceMs = 240_000;

/** Makes somebody a customer, with time on trial and a device, or with neither. */
export async function becomeCustomer(
  world: Pick<FaultWorld, "writer" | "telegramUrl" | "client">,
  person: TelegramId,
  trialDays: number,
): Promise<SubscriptionRef> {
  const { writer, telegramUrl, client } = world;
  await arrive({ writer, telegramUrl }, { id: person, admin: false });
  const ref = await patiently(() =>
    inTransaction(writer.em, async (db) => {
      const opened = await openSubscription(db, person);
      if (opened === undefined) throw new Error(`${person} could not become a customer`);
      const trial = {
        kind: "trial",
        cause: `trial/${opened.ref.id}`,
        ms: trialDays * dayMs,
        at: instant(new Date()),
      } as const;
      if (trialDays > 0) await bookTime(db, opened.locked, [trial]);
      return opened.ref;
    }),
  );
  await patiently(() => startCalendar(client, ref));
  if (trialDays > 0) await requestAnotherDevice(world, ref);
  return ref;
}

/** The customer wants one device more. */
export async function requestAnotherDevice(
  { client }: Pick<FaultWorld, "client">,
  ref: SubscriptionRef,
): Promise<void> {
  const requestId = randomUUID();
  const deviceId = addedDeviceId(requestId, ref.id);
  const request = { requestId, kind: "add", name: "", deviceId } as const;
  await patiently(() => requestDevice(client, ref, request));
}

/** Whatever is away comes back. */
const patiently = <Result>(attempt: () => Promise<Result>): Promise<Result> =>
  eventually(attempt, patienceMs, 200);
