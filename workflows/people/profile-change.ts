import { condition, setHandler } from "@temporalio/workflow";
import type { Profile } from "../../domain/people/customer.ts";
import { profileSeen } from "../signals.ts";
import { localDb } from "../steps/people.ts";

/** Stores the names that Telegram last reported of a customer. */
export async function profileChange(): Promise<void> {
  const seen: Profile[] = [];
  setHandler(profileSeen, (profile) => void seen.push(profile));
  await condition(() => seen.length > 0);
  while (seen.length > 0) {
    const latest = seen.splice(0).at(-1)!;
    await localDb.storeProfile(latest);
  }
}
