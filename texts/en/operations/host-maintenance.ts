import { isolated } from "../../html.ts";
import { counted } from "../counts.ts";

const subscriptions = (n: number): string => counted(n, "subscription", "subscriptions");

/** What admins read about the maintenance of a host. */
export const hostMaintenance = {
  open: "🛠 Maintenance",
  title: (name: string) => `🛠 Maintenance of ${isolated(name)}`,
  none: "It is in none.",
  what: [
    "• Its customers read that it is worked on whenever they open the bot.",
    "• It takes no new devices, and its probes tell nobody anything.",
    "• Auto-renewals of those who have devices only on such hosts wait for the end.",
  ].join("\n"),
  concerned: (n: number) => `Concerned: ${subscriptions(n)}`,
  since: (at: string) => `🛠 In maintenance since ${at}`,
  until: (at: string) => `Announced until: ${at}`,
  ended: (from: string, to: string) => `Over: from ${from} to ${to}`,
  own: "Customers read:",
  words:
    "Words of your own, and an announced end: <code>hosts maintenance</code> at the command line.",
  begin: "🛠 Begin",
  begun: "It has begun. Do not forget to end it.",
  end: "✅ End",
  isOver: "It is over.",
  noMaintenance: "It is in no maintenance.",
  ask: (time: string) => `Give the lost time back? It lasted ${time}.`,
  askHow:
    "Each subscription gets what it has lost, once. Who is blocked, refunded or had no time left before gets nothing. The question stands until the next maintenance.",
  yes: "🎁 Yes, give it back",
  giving: (handled: number, left: number) => `🎁 Giving it back: ${handled} done, ${left} left`,
  given: (n: number) => `🎁 Given back to ${subscriptions(n)}`,
  givingBegun: "The time is on its way, and each customer is told.",
  refresh: "🔄 Refresh",
};

/** The type of these texts, which every language has. */
export type HostMaintenanceTexts = typeof hostMaintenance;
