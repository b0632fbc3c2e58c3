import { isolated } from "../../html.ts";
import { days, devices } from "../counts.ts";
import { connect, key } from "./connect.ts";
import { home } from "./home.ts";

/** What customers read about their subscription, keys, devices and traffic. */
export const access = {
  home,
  connect,
  key,

  subscription: {
    timeGiven: (until: string) => `🎁 <b>Your access now runs until ${until}.</b>`,
    timePaid: (until: string) =>
      `✅ <b>Paid. Your access runs until ${until}.</b> Your keys stay the same.`,
    timeTakenBack: (until: string) =>
      `↩️ A payment was returned, so your access now runs until <b>${until}</b>.`,
    reminder: (left: number, until: string) =>
      `⏳ <b>${days(left)} left.</b> Your access ends on ${until}.`,
    graceBegan: (until: string) =>
      `⚠️ <b>Your time is up.</b> The VPN stays on until ${until}, so that you can extend it.`,
    expired:
      "⌛ <b>Your access has ended</b>, and the VPN is off. Your devices are kept: once you choose a plan, the same keys work again.",
    back: "✅ Your access is back. The same keys work again.",
    unblocked: "✅ You are no longer blocked.",
    revoked: "🚫 <b>An administrator has ended your access.</b> Questions? Open Help.",
    trafficUsedUp: (until: string) =>
      `📊 <b>Your traffic is used up</b>, so the VPN is paused. It is paid until ${until}: buy a plan to get more traffic.`,
    notActive: "⌛ Your access is not active, so no key can be sent. Choose a plan first.",
  },

  host: {
    notAnswering:
      "⚠️ The VPN server is not responding. We keep trying, and your key will arrive here as soon as it is back. There is nothing you need to do.",
    changeDelayed:
      "⚠️ The VPN server is not responding. Your change is saved and will be made as soon as it is back. There is nothing you need to do.",
    refused:
      "⚠️ The VPN server did not accept this. An operator has been notified; we retry every few minutes and will write to you.",
    full: "⚠️ All VPN servers are full. An operator has been notified; your key will arrive here when there is room.",
  },

  device: {
    listTitle: (count: number, limit: number) => `📱 <b>Your devices</b>: ${count} of ${limit}`,
    none: "You have no devices yet. Add one, and its key will arrive here.",
    line: (name: string, seen: string) => `• ${isolated(name)}, ${seen}`,
    card: (name: string, host: string, address: string, seen: string) =>
      `📱 <b>${isolated(name)}</b>\nServer: ${isolated(host)}\nAddress: ${address}\n${seen}`,
    waits: (name: string) =>
      `📱 <b>${isolated(name)}</b>\nAll servers are full. The key will arrive here as soon as there is room.`,
    off: (name: string) =>
      `📱 <b>${isolated(name)}</b>\nYour access is not active. Once it is, the key will arrive here.`,
    defaultName: "Device",
    limit: (limit: number) =>
      `📱 You have ${devices(limit)}, and your plan has no room for more. Remove one first.`,
    add: "➕ Add a device",
    sendKey: "🔐 Send the key",
    qr: "🔳 QR code",
    text: "📋 Key as text",
    rename: "✏️ Rename",
    askName: (name: string, longest: number) =>
      `Send the new name for ${isolated(name)} as a message (up to ${longest} characters).`,
    renameForgotten: "Which device? Open /devices and press Rename again.",
    renamed: (name: string) => `✏️ Renamed to ${isolated(name)}.`,
    reissue: "🔄 New key",
    sureReissue: (name: string) =>
      `Make a new key for ${isolated(name)}? The current one stops working immediately.`,
    yesReissue: "Yes, make a new key",
    remove: "🗑 Remove",
    sureRemove: (name: string) => `Remove ${isolated(name)}? Its key stops working immediately.`,
    yesRemove: "Yes, remove it",
    removed: (name: string) => `🗑 ${isolated(name)} is removed; its key no longer works.`,
    unknown: "This device no longer exists.",
  },

  seen: {
    now: "connected now",
    at: (at: string) => `last seen ${at}`,
    never: "not connected yet",
    waiting: "waiting for a server with room",
    off: "off for now",
  },

  traffic: {
    title: "📊 <b>Your traffic</b>",
    none: "No traffic yet. It appears within a minute once you are connected.",
    line: (name: string, down: string, up: string, seen: string) =>
      `• ${isolated(name)}: ⬇ ${down}, ⬆ ${up}; ${seen}`,
    today: (down: string, up: string) => `Today: ⬇ ${down}, ⬆ ${up}`,
    until: (until: string) => `Access until ${until}`,
    allowance: (used: string, limit: string) => `Plan traffic used: ${used} of ${limit}`,
    units: ["B", "KB", "MB", "GB", "TB"],
  },
};

export type AccessTexts = typeof access;
