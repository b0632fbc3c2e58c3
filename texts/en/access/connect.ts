import { escapeHtml, isolated } from "../../html.ts";

/** From a platform to a working connection, and what to do when it does not work. */
export const connect = {
  title: "🔌 <b>What do you want to connect?</b>",
  platforms: {
    iphone: "iPhone, iPad",
    android: "Android",
    windows: "Windows",
    macos: "Mac",
    linux: "Linux",
    router: "Router",
  },
  steps: (app: string) =>
    `1. Install <b>${app}</b>.\n2. Open the key file from this chat in it.\n3. Turn the switch on.`,
  routerSteps:
    "1. Open the guide for Keenetic, or that of your router.\n2. Import the key file from this chat.\n3. Turn the connection on.",
  install: (app: string) => `⬇️ Get ${app}`,
  guide: "📖 Open the guide",
  sendKey: "🔐 Send me the key",
  works: "✅ It works",
  fails: "🆘 Not working",
  enjoy: "Great! Enjoy it.",
  which: "🔐 <b>Which device is it?</b> Each device needs a key of its own.",
  newDevice: "➕ A new device",
  trouble: "🆘 <b>What happens?</b>",
  symptoms: {
    file: "The file does not open",
    "no-internet": "It is on, but nothing loads",
    stopped: "It has stopped working",
    slow: "It is slow",
  },
  tips: {
    file: "📄 Install the app first. Then open the app, press +, choose to import from a file, and pick the key file. If you do not see it, let the bot send the key again.",
    "no-internet":
      "🌐 Turn the VPN off and on. Then try another network, such as mobile data. If nothing loads there either, make a new key: Devices, then your device, then New key.",
    stopped:
      "🔌 The menu shows whether your time and traffic are used up. If not: is the same key on two devices? Give each device its own. Then make a new key: Devices, then your device, then New key.",
    slow: "🐢 Restart the app and try another network. If only one site is slow, the site itself may be the cause.",
  },
  person: "💬 Ask a person",
};

const keyFor = (name: string | undefined): string =>
  name === undefined ? "one device" : isolated(name);

/** The messages with a key. */
export const key = {
  howTo: "🔌 How to connect",
  /** Without a name where the device has only the one that it was given. */
  fileCaption: (name?: string) => `🔐 Your key for ${keyFor(name)}. Keep it to yourself.`,
  qrCaption: (name: string) =>
    `📱 The key for ${isolated(name)}: scan it with AmneziaWG on the other device.`,
  linkQrCaption: (name: string) =>
    `📱 The key for ${isolated(name)}: scan it with the VPN app on the other device.`,
  subscription: (name: string | undefined, link: string) =>
    `🔐 Your key for ${keyFor(name)}. Keep it to yourself. Press it to copy it, then add it in the app:\n<code>${escapeHtml(link)}</code>`,
  openPage: "🔗 Open the set-up page",
  fileLink: (name: string, link: string) =>
    `🔗 The key file for ${isolated(name)}, on another device: open this link there within an hour. It works once.\n<code>${escapeHtml(link)}</code>`,
  link: (link: string) =>
    `📋 Press the key to copy it, then paste it in AmneziaVPN:\n<blockquote expandable><code>${link}</code></blockquote>`,
  tooLongForQr: "📄 This key is too long for a QR code. Open the key file instead.",
  tooLongToCopy: "📄 This key is too long to copy. Open the key file instead.",
};
