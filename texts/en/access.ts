import { isolated } from "../html.ts";
import { days, devices } from "./counts.ts";

/** What customers read about their subscription, keys, devices and traffic. */
export const access = {
  subscription: {
    timeGiven: (until: string) => `➕ Your access now runs until <b>${until}</b>.`,
    timePaid: (until: string) =>
      `✅ Payment received. Your access runs until <b>${until}</b>. Your keys stay the same: /devices`,
    timeTakenBack: (until: string) =>
      `↩️ A payment was returned, so your access now runs until <b>${until}</b>.`,
    reminder: (left: number, until: string) =>
      `⏳ ${days(left)} of access left: it ends on <b>${until}</b>. Renew: /plans`,
    graceBegan: (until: string) =>
      `⏳ Your time has run out. The VPN stays on until ${until} so that you can renew: /plans`,
    expired:
      "⌛ Your access has ended and the VPN is off. Your devices are kept, and the same keys work again once you renew: /plans",
    back: "✅ Your access is back. The same keys work again.",
    revoked: "🚫 Your access was ended by an administrator. Questions: /support",
    trafficUsedUp: (until: string) =>
      `📊 You have used up your plan's traffic, so your access is paused (it is paid until ${until}). Buy again to get more traffic: /plans`,
    notActive: "Your access is not active, so no key can be sent. Renew: /plans",
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

  key: {
    fileCaption: (name: string) => `🔐 Your key for ${isolated(name)}. Keep it to yourself.`,
    qrCaption: "📱 Or scan this with the AmneziaWG app on a phone.",
    instruction: (given: { readonly link: string | undefined; readonly hasQr: boolean }) =>
      `<b>How to connect</b>\n1. Install <b>AmneziaWG</b> or <b>AmneziaVPN</b> (App Store, Google Play, amnezia.org).\n2. Open the .conf file above with it${given.hasQr ? ", or scan the QR picture" : ""}.\n3. Turn the switch on.${given.link === undefined ? "" : `\n\nFor AmneziaVPN you can also copy this key and paste it:\n<blockquote expandable><code>${given.link}</code></blockquote>`}`,
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
    defaultName: (n: number) => `Device ${n}`,
    limit: (limit: number) =>
      `You already have ${devices(limit)}, which is your limit. Remove one first: /devices`,
    add: "➕ Add a device",
    sendKey: "🔐 Send the key",
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
    unknown: "That device no longer exists. /devices shows what you have.",
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
