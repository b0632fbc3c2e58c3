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
import { arrive, type ProductFixture } from "./product-fixture.ts";

const timeoutMs = 240_000;

/** Makes a person a customer: with a trial and a device, or with neither when `trialDays` is 0. */
export async function becomeCustomer(
  fixture: Pick<ProductFixture, "writer" | "telegramUrl" | "client">,
  person: TelegramId,
  trialDays: number,
): Promise<SubscriptionRef> {
  const { writer, telegramUrl, client } = fixture;
  await arrive({ writer, telegramUrl }, { id: person, admin: false });
  const ref = await retryUntilDone(() =>
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
  await retryUntilDone(() => startCalendar(client, ref));
  if (trialDays > 0) await requestAnotherDevice(fixture, ref);
  return ref;
}

/** Requests another device for the customer. */
export async function requestAnotherDevice(
  { client }: Pick<ProductFixture, "client">,
  ref: SubscriptionRef,
): Promise<void> {
  const requestId = randomUUID();
  const deviceId = addedDeviceId(requestId, ref.id);
  const request = { requestId, kind: "add", name: "", deviceId } as const;
  await retryUntilDone(() => requestDevice(client, ref, request));
}

/** Retries while a part is dead: it is restarted. */
const retryUntilDone = <Result>(attempt: () => Promise<Result>): Promise<Result> =>
  eventually(attempt, timeoutMs, 200);
