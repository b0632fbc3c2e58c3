import { escapeHtml } from "../../html.ts";
import { counted, days, hours } from "../counts.ts";

/** The home screen, by the customer's state. */
export const home = {
  active: (until: string, left: string) => `✅ <b>Active until ${until}</b> (${left})`,
  trial: (until: string, left: string) => `🎁 <b>Free trial until ${until}</b> (${left})`,
  grace: (until: string) =>
    `⚠️ <b>Your time is up.</b> The VPN stays on until ${until}. Extend it to stay connected.`,
  exhausted: (until: string, canBuy?: boolean) =>
    `📊 <b>Your traffic is used up</b>, so the VPN is paused. Your access runs until ${until}: ${canBuy ? "add traffic, and the same keys work again at once." : "buy a plan to get more traffic."}`,
  expired:
    "⌛ <b>Your access has ended.</b> Choose a plan, and your devices work again at once, with the same keys.",
  withoutTime: (shop: string) =>
    `👋 <b>Welcome to ${escapeHtml(shop)}!</b> Choose a plan to begin.`,
  blocked: "⛔ <b>Your access is blocked.</b> Only we can unblock it: write to us in Help.",
  ended: "🚫 <b>Your access has been closed.</b> We can open it again: write to us in Help.",
  waiting: "🕓 <b>We are looking at your request.</b> The answer will arrive right here.",
  declinedUntil: (at: string) =>
    `🚫 <b>Your request was declined.</b> You can ask again after ${at}.`,
  declined: "🚫 <b>Your request was declined.</b> You can ask again now.",
  stranger: (shop: string) =>
    `👋 <b>Welcome to ${escapeHtml(shop)}!</b> Press Start to ask for access.`,
  admin: "🛡 <b>You work here.</b> Admin opens the shop’s side.",
  daysLeft: (n: number) => `${days(n)} left`,
  minutesLeft: "less than an hour left",
  hoursLeft: (n: number) => `${hours(n)} left`,
  devices: (n: number, limit: number) => `📱 Devices: ${n} of ${limit}`,
  devicesPaused: (n: number) => `⏸ Paused: ${n}. Open Devices to choose which to use.`,
  traffic: (used: string, limit: string) => `📊 Traffic: ${used} of ${limit}`,
  balance: (has: string) => `💰 Balance: ${has}`,
  openOrders: (n: number) => `🧾 ${counted(n, "invoice waits", "invoices wait")} for your payment`,
};
