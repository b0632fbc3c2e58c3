import { isolated } from "../../html.ts";
import { counted } from "../counts.ts";

/** What customers read about locations. */
export const location = {
  any: "⚡ Any, the quickest",
  is: (name: string) => `Location: ${isolated(name)}`,
  change: "🌍 Change location",
  where: (device: string) => `🌍 <b>Where should ${isolated(device)} be?</b>`,
  whereNew: "🌍 <b>Where should the new device be?</b>",
  how: "A change brings a new key. The old one works until you use the new one, for an hour at most.",
  full: (name: string) => `${name}: full`,
  fullNow: (name: string) =>
    `⚠️ ${isolated(name)} is full right now. Your key will arrive here as soon as there is room. Or open Devices and choose another location.`,

  /** What came of a pick; `name` is the location's. */
  moving: (device: string, name: string) =>
    `🌍 ${isolated(device)} moves to ${isolated(name)}. Its new key arrives in this chat.`,
  stays: (device: string, name: string) =>
    `🌍 ${isolated(device)}: ${isolated(name)}. The key stays the same.`,
  waits: (device: string, name: string) =>
    `🌍 ${isolated(device)}: ${isolated(name)}. Its key arrives here as soon as there is room.`,
  same: (device: string, name: string) => `🌍 ${isolated(device)}: ${isolated(name)}, as before.`,
  noRoom: (device: string, name: string) =>
    `⚠️ ${isolated(name)} is full right now. ${isolated(device)} stays where it is, with the same key.`,
  notOffered: "⚠️ This location is not on offer any more. Open Devices and choose another one.",
  limit: (n: number) =>
    n === 0
      ? "⚠️ The location of a device cannot be changed here."
      : `⚠️ A device can change its location ${counted(n, "time", "times")} in 24 hours. Try again tomorrow.`,
};
