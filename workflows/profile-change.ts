import { condition, setHandler } from "@temporalio/workflow";
import type { Profile } from "../domain/people/customer.ts";
import { profileSeen } from "./signals.ts";
import { localDb } from "./steps/people.ts";

/** Telegram tells other names of a customer than the books know: the latest are booked. */
export async function profileChange(): Promise<void> {
  const seen: Profile[] = [];
  setHandler(profileSeen, (profile) => void seen.push(profile));
  await condition(() => seen.length > 0);
  while (seen.length > 0) {
    const latest = seen.splice(0).at(-1)!;
    await localDb.followProfile(latest);
  }
}
