import { isolated } from "../../html.ts";

/** A device's subscription link: its page in a browser, and what apps show of it. */
export const link = {
  title: (device: string) => `VPN for ${device}`,
  intro: "Get an app for your device, then press the button to add the link to it.",
  install: (app: string) => `1. Get ${app}`,
  add: (app: string) => `2. Add to ${app}`,
  otherApps: "Other apps",
  byHand: "By hand",
  byHandHow: "Copy the link and add it as a subscription in any VPN app:",
  keepSecret: "This link is yours alone: whoever has it can use your access.",
  until: (day: string) => `Access until ${day}`,
  off: "Your access is off now. Open the bot to see why and to turn it on.",
  /** Shown by apps above the servers, so short. */
  announceOff: "⌛ Your access is off now. Open the bot to turn it on.",
  tooMany: "📱 This link is in use on another device. Open the bot to reset it or get a new one.",
  wrongTitle: "This link does not work",
  wrong: "It may have been replaced. Ask the bot for a new one: Devices, then your device.",
  fileTitle: "Your VPN key",
  fileHow: "The file can be downloaded once. Import it in AmneziaWG or AmneziaVPN.",
  fileGet: "Download the file",
  fileGone: "This file has been downloaded, or its hour is over. Ask the bot for a new link.",
  unavailable: "Please try again in a minute.",
  send: "🔗 Send the link",
  once: "🔗 One-time link to the file",
  renew: "🔄 New link",
  sureRenew: (name: string) =>
    `Make a new link for ${isolated(name)}? The old one, and the apps that use it, stop working at once.`,
  yesRenew: "Yes, make a new link",
  usedOn: (hwids: readonly string[]) => `Used on: ${hwids.map((one) => isolated(one)).join(", ")}`,
  forget: "📱 Use it on another device",
  connect:
    "🔌 <b>Your VPN comes by a link.</b> The link opens a page with the apps for your device and adds itself to the app that you choose.",
  forgotten: "📱 Done. The next phone or computer that opens the link can use it.",
};
