import { days } from "./counts.ts";
import { isolated } from "../html.ts";

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
      `⏳ Your time is over. The VPN goes on until ${until} for you to renew: /plans`,
    expired:
      "⌛ Your access has ended and the VPN is off. Your devices are kept: with new time the same keys work again: /plans",
    back: "✅ Your access is back. The same keys work again.",
    revoked: "🚫 Your access was ended by an administrator. Questions: /support",
    trafficUsedUp: (until: string) =>
      `📊 The traffic of your plan is used up, so your access pauses (it is paid until ${until}). A new purchase brings new traffic: /plans`,
    notActive: "Your access is not running just now, so no key can be sent. More time: /plans",
  },

  host: {
    notAnswering:
      "⚠️ The VPN server does not answer just now. We keep trying, and your key comes here by itself as soon as it is back. You need not do anything.",
    changeDelayed:
      "⚠️ The VPN server does not answer just now. Your change is noted and is made as soon as it is back. You need not do anything.",
    refused:
      "⚠️ The VPN server did not accept this. An operator has been told; we try again every few minutes and write to you.",
    full: "⚠️ All VPN servers are full just now. An operator has been told; your key comes here by itself when there is room.",
  },

  key: {
    fileCaption: (name: string) => `🔐 Your key for ${isolated(name)}. Keep it to yourself.`,
    qrCaption: "📱 Or scan this with the AmneziaWG app on a phone.",
    instruction: (given: { readonly link: string | undefined; readonly hasQr: boolean }) =>
      `<b>How to connect</b>\n1. Install <b>AmneziaWG</b> or <b>AmneziaVPN</b> (App Store, Google Play, amnezia.org).\n2. Open the .conf file above with it${given.hasQr ? ", or scan the QR picture" : ""}.\n3. Turn the switch on.${given.link === undefined ? "" : `\n\nFor AmneziaVPN you can also copy this key and paste it:\n<blockquote expandable><code>${given.link}</code></blockquote>`}`,
  },

  device: {
    listTitle: (count: number, limit: number) => `📱 <b>Your devices</b>: ${count} of ${limit}`,
    none: "You have no devices. Add one, and its key comes here.",
    line: (name: string, seen: string) => `• ${isolated(name)}, ${seen}`,
    card: (name: string, host: string, address: string, seen: string) =>
      `📱 <b>${isolated(name)}</b>\nServer: ${isolated(host)}\nAddress: ${address}\n${seen}`,
    waits: (name: string) =>
      `📱 <b>${isolated(name)}</b>\nAll servers are full. The key comes here by itself as soon as there is room.`,
    off: (name: string) =>
      `📱 <b>${isolated(name)}</b>\nYour access is off for now. Once it is on, the key comes here by itself.`,
    defaultName: (n: number) => `Device ${n}`,
    limit: (limit: number) =>
      `You already have ${limit === 1 ? "1 device" : `${limit} devices`}, which is your limit. Remove one first: /devices`,
    add: "➕ Add a device",
    sendKey: "🔐 Send the key",
    rename: "✏️ Rename",
    askName: (name: string) =>
      `Send the new name for ${isolated(name)} as a message (up to 32 characters).`,
    renameForgotten: "Which device? Open /devices and press Rename again.",
    renamed: (name: string) => `✏️ Renamed to ${isolated(name)}.`,
    reissue: "🔄 New key",
    sureReissue: (name: string) =>
      `A new key for ${isolated(name)}? The present one stops working at once.`,
    yesReissue: "Yes, make a new key",
    remove: "🗑 Remove",
    sureRemove: (name: string) => `Remove ${isolated(name)}? Its key stops working at once.`,
    yesRemove: "Yes, remove it",
    removed: (name: string) => `🗑 ${isolated(name)} is removed; its key works no more.`,
    unknown: "That device is no longer there. /devices shows what you have.",
  },

  seen: {
    now: "connected now",
    at: (at: string) => `last seen ${at}`,
    never: "not connected yet",
    waiting: "waits for a server with room",
    off: "off for now",
  },

  traffic: {
    title: "📊 <b>Your traffic</b>",
    none: "No traffic yet. It is counted every half minute while you are connected.",
    line: (name: string, down: string, up: string, seen: string) =>
      `• ${isolated(name)}: ⬇ ${down}, ⬆ ${up}; ${seen}`,
    today: (down: string, up: string) => `Today: ⬇ ${down}, ⬆ ${up}`,
    until: (until: string) => `Access until ${until}`,
    allowance: (used: string, limit: string) => `Of your plan's traffic: ${used} of ${limit}`,
    units: ["B", "KB", "MB", "GB", "TB"],
  },
};

export type AccessTexts = typeof access;
