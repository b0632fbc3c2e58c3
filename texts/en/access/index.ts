import { escapeHtml, isolated } from "../../html.ts";
import { days, devices } from "../counts.ts";
import { namedDevices } from "../../device-names.ts";
import { connect, key } from "./connect.ts";
import { home } from "./home.ts";
import { maintenance } from "./maintenance.ts";
import { status } from "./status.ts";
import { link } from "./link.ts";
import { location } from "./location.ts";

/** What customers read about their subscription, keys, devices and traffic. */
export const access = {
  home,
  connect,
  key,
  link,
  location,
  maintenance,
  status,

  subscriptions: {
    name: (plan: string, number: number) => `${plan} · ${number}`,
    newOne: (plan: string) => `${plan}, a new subscription`,
    trial: "Trial",
    heading: (name: string) => `📦 <b>${escapeHtml(name)}</b>`,
    listTitle: "📦 <b>Your subscriptions</b>",
    which: "📦 <b>Which subscription?</b>",
    whichOfCustomer: (name: string) => `📦 <b>Which subscription of ${isolated(name)}?</b>`,
    extendOrNew:
      "🛒 <b>Extend what you have, or start a new subscription?</b>\nA new one has its own time, traffic and devices.",
    extend: (name: string) => `🔁 Extend ${name}`,
    startNew: "➕ A new subscription",
    beside: "➕ <b>A new subscription</b>, beside what you have.",
    all: "📦 All subscriptions",
  },

  subscription: {
    timeGiven: (until: string) => `🎁 <b>Your access now runs until ${until}.</b>`,
    timePaid: (until: string) =>
      `✅ <b>Paid. Your access runs until ${until}.</b> Your keys stay the same.`,
    reminder: (left: number, until: string) =>
      `⏳ <b>${days(left)} left.</b> Your access ends on ${until}.`,
    graceBegan: (until: string) =>
      `⚠️ <b>Your time is up.</b> The VPN stays on until ${until}, so that you can extend it.`,
    expired:
      "⌛ <b>Your access has ended</b>, and the VPN is off. Your devices are kept: once you choose a plan, the same keys work again.",
    back: "✅ Your access is back. The same keys work again.",
    unblocked: "✅ You can use the bot again.",
    revoked: "🚫 <b>Your access has been closed.</b> We can open it again: write to us in Help.",
    trafficUsedUp: (until: string, canBuy?: boolean, again?: string) =>
      `📊 <b>Your traffic is used up</b>, so the VPN is paused${again ? ` until ${again}: then you have your plan's traffic again, and the same keys work` : ""}. Your access runs until ${until}: ${canBuy ? "add traffic, and the same keys work again at once." : "buy a plan to get more traffic."}`,
    trafficBack: (amount: string, until: string) =>
      `📊 <b>You have traffic again</b>: ${amount} until ${until}. The VPN is on, and the same keys work.`,
    notBegun:
      "👋 You have no plan yet, so we cannot send a key. Choose a plan, and the key will arrive here.",
    notActive:
      "⌛ Your access has ended, so we cannot send a key. Choose a plan, and it will work again.",
  },

  host: {
    notAnswering:
      "⚠️ The VPN server is not responding. Your key will arrive here as soon as it is back. You do not need to do anything.",
    maintained:
      "🛠 We are working on the VPN server. Your key will arrive here when it is over. You do not need to do anything.",
    sick: "⚠️ There is trouble with the VPN server that your devices use, so the connection may not work. We are already on it and will write to you here when it is over. You do not need to do anything.",
    well: "✅ The VPN server works again. If a device has no connection yet, switch the VPN off and on.",
    changeDelayed:
      "⚠️ The VPN server is not responding. We have saved your change, and it will work as soon as the server is back. You do not need to do anything.",
    refused:
      "⚠️ The VPN server did not accept this. We know about it, keep trying and will write to you here.",
    full: "⚠️ All our servers are full right now. We are adding room, and your key will arrive here.",
  },

  device: {
    listTitle: (count: number, limit: number) => `📱 <b>Your devices</b>: ${count} of ${limit}`,
    none: "No devices yet. Add one, and its key will arrive here.",
    line: (name: string, seen: string) => `• ${isolated(name)}, ${seen}`,
    card: (name: string, host: string, address: string | undefined, seen: string) =>
      `📱 <b>${isolated(name)}</b>\nServer: ${isolated(host)}${address === undefined ? "" : `\nAddress: ${address}`}\n${seen}`,
    ownKey:
      "Your app keeps working with the key that it has. It was made before us, so it cannot be shown here: make a new key to see one.",
    waits: (name: string) =>
      `📱 <b>${isolated(name)}</b>\nIt is waiting for a server with room. The key will arrive here by itself.`,
    off: (name: string, why: string) => `📱 <b>${isolated(name)}</b>\n${why}`,
    paused: (name: string, limit: number, instead?: string) =>
      `📱 <b>${isolated(name)}</b>\n⏸ Paused: you can use ${devices(limit)} at a time. Its key stays the same.${instead === undefined ? "" : ` If you use this one, ${isolated(instead)} is paused instead.`}`,
    use: "▶️ Use this device",
    used: (name: string, instead?: string) =>
      `▶️ ${isolated(name)} works again with the same key.${instead === undefined ? "" : ` ${isolated(instead)} is paused now: open Devices to change that.`}`,
    chooseHow: "⏸ Open one that is paused to use it instead of another.",
    planPaused: (limit: number, names: readonly string[]) =>
      `⏸ <b>You can now use ${devices(limit)} at a time.</b> Paused: ${namedDevices(names)}. Their keys stay the same. Open Devices to choose which to use.`,
    isPaused: (limit: number) =>
      `⏸ This device is paused: you can use ${devices(limit)} at a time. Open Devices to use it instead of another, or choose a plan for more devices.`,
    defaultName: "Device",
    limit: (limit: number, canBuy?: boolean) =>
      `📱 You can have ${devices(limit)}: there is no room for another one. Remove one first${canBuy ? ", or buy one more place" : ""}.`,
    ended: (name: string, instead?: string) =>
      `📱 <b>${isolated(name)}</b>\nThis device is off: the extra place that you bought is over. Its key stays the same.${instead === undefined ? "" : ` If you use this one, ${isolated(instead)} is off instead.`}`,
    add: "➕ Add a device",
    sendKey: "🔐 Send the key",
    qr: "🔳 QR code",
    text: "📋 Key as text",
    rename: "✏️ Rename",
    askName: (name: string, longest: number) =>
      `Type a new name for ${isolated(name)}, up to ${longest} characters.`,
    renameForgotten: "Which device is it? Open Devices and press Rename again.",
    renamed: (name: string) => `✏️ Renamed to ${isolated(name)}.`,
    reissue: "🔄 New key",
    sureReissue: (name: string) =>
      `Make a new key for ${isolated(name)}? The old one stops working at once.`,
    yesReissue: "Yes, make a new key",
    remove: "🗑 Remove",
    sureRemove: (name: string) => `Remove ${isolated(name)}? Its key stops working at once.`,
    yesRemove: "Yes, remove it",
    removed: (name: string) => `🗑 ${isolated(name)} is removed, and its key no longer works.`,
    keyReplaced: (name: string) =>
      `🔄 ${isolated(name)} has a new key, and the old one no longer works. The new one arrives in this chat.`,
    moved: {
      why: {
        customer: (name: string) => `🔀 ${isolated(name)} is on the other server now.`,
        migration: (name: string) =>
          `🔀 ${isolated(name)} moves to another server: the one that it was on is being emptied.`,
        lost: (name: string) =>
          `🔀 The server of ${isolated(name)} is out of order for good, so it is on another one now.`,
      },
      newKey: "Its new key comes next. Add it to the app and delete the old one.",
      until: (until: string) => `The old key works until you use the new one, or until ${until}.`,
      sameLink: "The link stays the same: refresh the subscription in the app.",
    },
    unknown: "This device no longer exists.",
  },

  seen: {
    now: "connected now",
    at: (at: string) => `last seen ${at}`,
    never: "not connected yet",
    waiting: "waiting for a server with room",
    off: "off for now",
    paused: "⏸ paused",
    ended: "off: its time is over",
  },

  traffic: {
    title: "📊 <b>Your traffic</b>",
    none: "No traffic yet. It appears within a minute once you are connected.",
    line: (name: string, down: string, up: string, seen: string) =>
      `• ${isolated(name)}: ⬇ ${down}, ⬆ ${up}; ${seen}`,
    today: (down: string, up: string) => `Today: ⬇ ${down}, ⬆ ${up}`,
    month: (down: string, up: string) => `This month: ⬇ ${down}, ⬆ ${up}`,
    monthBefore: (down: string, up: string) => `Last month: ⬇ ${down}, ⬆ ${up}`,
    until: (until: string) => `Access until ${until}`,
    allowance: (used: string, limit: string, until?: string) =>
      `Used of your plan: ${used} of ${limit}${until ? `, until ${until}` : ""}`,
    chart: "📈 30 days",
    chartCaption: (down: string, up: string) => `📈 <b>The last 30 days</b>\n⬇ ${down}, ⬆ ${up}`,
    download: "Received",
    upload: "Sent",
    units: ["B", "KB", "MB", "GB", "TB"],
  },
};

export type AccessTexts = typeof access;
