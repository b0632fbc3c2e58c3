import { ActivityFailure, sleep } from "@temporalio/workflow";
import { failures } from "../domain/failures.ts";
import { type DeviceId, deviceId } from "../domain/ids.ts";
import type { Notice } from "../domain/notice.ts";
import type { DeviceRequest, SubscriptionRef } from "../domain/subscription.ts";
import { instant, minuteMs } from "../domain/time.ts";
import { firstTries, isFailure, needHuman, promptSteps, steps } from "./steps.ts";

/** How often a host that said no, or a full one, is asked again. */
const patienceMs = 5 * minuteMs;

/**
 * Makes the device that everybody starts with, once: its id is the subscription's. Then sends the keys that
 * have not reached their owner yet.
 */
export async function firstKeys(ref: SubscriptionRef): Promise<void> {
  const first = { id: deviceId(ref.id), name: "", requestId: "first" };
  if (await added(ref, first)) await deliverMissed(ref);
}

async function deliverMissed(ref: SubscriptionRef): Promise<void> {
  for (const id of await promptSteps.undelivered(ref)) await deliver(ref, id);
}

/** Makes the hosts let in what the books let in, however long a host is away. */
export async function makeHostsMatch(ref: SubscriptionRef): Promise<void> {
  await patiently(ref, { kind: "changeDelayed" }, (tries) => tries.applyAccess(ref));
}

export async function handleDeviceRequest(
  ref: SubscriptionRef,
  request: DeviceRequest,
): Promise<void> {
  if (request.kind === "missed") return deliverMissed(ref);
  const { requestId, deviceId: id } = request;
  switch (request.kind) {
    case "add":
      if (await added(ref, { id, name: request.name, requestId })) await deliver(ref, id);
      return;
    case "show":
      return deliver(ref, id);
    case "rename": {
      const name = await promptSteps.renameDevice(ref, id, request.name);
      return answer(ref, name === undefined ? unknown : { kind: "deviceRenamed", name });
    }
    case "revoke": {
      const now = instant(Date.now());
      const delayed = { kind: "changeDelayed" } as const;
      const name = await patiently(ref, delayed, (tries) => tries.revokeDevice(ref, id, now));
      return answer(ref, name === undefined ? unknown : { kind: "deviceRevoked", name });
    }
    case "reissue": {
      const delayed = { kind: "changeDelayed" } as const;
      const done = await patiently(ref, delayed, (tries) => tries.rekeyDevice(ref, id, requestId));
      return done ? deliver(ref, id) : answer(ref, unknown);
    }
  }
}

const unknown: Notice = { kind: "deviceUnknown" };

async function answer(ref: SubscriptionRef, notice: Notice): Promise<void> {
  await steps.tell(ref.telegramId, notice);
}

/** Whether the device is in the books now; waits for a host with room, says so when the limit is reached. */
async function added(
  ref: SubscriptionRef,
  device: { id: DeviceId; name: string; requestId: string },
): Promise<boolean> {
  for (let told = false; ; told = true) {
    const result = await promptSteps.addDevice(ref, device);
    switch (result.kind) {
      case "added":
        if (told) needHuman(false, "A host has room again");
        return true;
      case "limit":
        await answer(ref, { kind: "deviceLimit", limit: result.limit });
        return false;
      case "noHost":
        needHuman(true, "No host has room: add one, or raise a host's capacity");
        if (!told) await answer(ref, { kind: "noHostFree" });
        await sleep(patienceMs, { summary: "until a host may have room" });
    }
  }
}

async function deliver(ref: SubscriptionRef, id: DeviceId): Promise<void> {
  const trouble = { kind: "hostTrouble" } as const;
  const delivered = await patiently(ref, trouble, (tries) => tries.deliverDevice(ref, id));
  switch (delivered.kind) {
    case "delivered":
    case "unreachable":
      return;
    case "gone":
      return answer(ref, unknown);
    case "noAccess":
      return answer(ref, { kind: "noAccessNow" });
  }
}

/**
 * Does a step on a host. When the host does not answer, or says no, the customer is told so once, operators
 * see it, and the step is tried until it is done.
 */
async function patiently<Result>(
  ref: SubscriptionRef,
  trouble: Notice,
  step: (tries: typeof steps) => Promise<Result>,
): Promise<Result> {
  try {
    return await step(firstTries);
  } catch (error) {
    await admit(ref, error, trouble);
  }
  for (;;) {
    try {
      const result = await step(steps);
      needHuman(false, "The host answers again");
      return result;
    } catch (error) {
      showTrouble(error);
      await sleep(patienceMs, { summary: "until the host may think otherwise" });
    }
  }
}

/** Shows operators what is wrong, and tells the customer when it is the host: Telegram's own troubles pass. */
async function admit(ref: SubscriptionRef, error: unknown, trouble: Notice): Promise<void> {
  showTrouble(error);
  if (isRefusal(error)) await answer(ref, { kind: "hostRefused" });
  else if (isFailure(error, failures.hostAway)) await answer(ref, trouble);
}

const isRefusal = (error: unknown): boolean =>
  isFailure(error, failures.peerRefused) || isFailure(error, failures.noHost);

/** A trouble that is none of a step's is a bug: it goes up. */
function showTrouble(error: unknown): void {
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  const reason = cause instanceof Error ? cause.message : String(error);
  needHuman(true, `${nameOf(error)}: ${reason}`);
}

function nameOf(error: unknown): string {
  if (isRefusal(error)) return "The host said no";
  return isFailure(error, failures.hostAway) ? "The host does not answer" : "A step fails";
}
