import { escapeHtml, isolated } from "../../html.ts";
import { counted, devices } from "../counts.ts";

/** What admins read about locations. */
export const locations = {
  menu: "🌍 Locations",
  title: "🌍 <b>Locations</b>",
  none: "There is none yet. Customers choose no place: each device comes to the least loaded host.",
  line: (name: string, state: string, load: string) => `${isolated(name)}: ${state}, ${load}`,
  offered: "🟢 offered",
  hidden: "🙈 hidden",
  load: (living: number, capacity: number, hosts: number) =>
    `${living} of ${devices(capacity)} on ${counted(hosts, "host", "hosts")}`,
  elsewhere: (hosts: string) => `In no location: ${hosts}`,
  card: (name: string, code: string) => `🌍 ${isolated(name)} (<code>${escapeHtml(code)}</code>)`,
  hostLine: (name: string, load: string) => `🖥 ${isolated(name)}: ${load}`,
  hostLoad: (living: number, capacity: number) => `${living} of ${devices(capacity)}`,
  noHosts: "No host is here, so nobody comes here. Open a host and put it here.",
  gone: "There is no such location any more.",
  effect: "It counts from now on. Devices stay where they are.",

  add: "➕ New location",
  askNew:
    "✏️ <b>New location</b>\nSend a code, a flag and a name, like <code>nl 🇳🇱 Netherlands</code>.",
  newHow:
    "Send three things: a code of up to 16 of a-z, 0-9 and -, a flag, and a name of up to 24 characters.",
  newField: "nl 🇳🇱 Netherlands",
  added: "✅ The location is there. Open a host to put it here: until then nobody comes.",
  codeTaken: "⚠️ There is a location with this code.",

  remove: "🗑 Remove",
  sure: (name: string) => `Remove ${isolated(name)}?`,
  sureDevices: "Customers who have picked it stay connected, and count as having picked any.",
  yes: "🗑 Yes, remove it",
  no: "No, keep it",
  removed: (name: string) => `${isolated(name)} is removed.`,
  hasHosts: "Hosts are in it. Put them elsewhere first.",

  where: "🌍 Location",
  whereTitle: (host: string) => `🌍 Where is ${isolated(host)}?`,
  whereNow: (name: string) => `Location: ${isolated(name)}`,
  nowhere: "In none",
  put: "Done. New devices come accordingly; those on the host stay.",

  names: {
    offered: "Offered",
    audience: "For whom",
    order: "Order",
    groups: "Groups",
    flag: "Flag",
    name: (language: string) => `Name (${language})`,
  },
  about: {
    offered: "Whether customers are offered it. Those who are there stay.",
    audience: "Who may have it.",
    order: "Smaller numbers come first.",
    groups: "Plans name groups: a plan's devices come only to locations of its groups.",
    flag: "The emoji before the name.",
    name: "What customers read.",
  },
  how: {
    offered: "Choose: yes or no.",
    audience:
      "Send <code>all</code>, <code>paying</code>, or up to 100 Telegram ids with spaces between them.",
    order: "Send a number from 0 to 9999.",
    groups:
      "Send up to 10 words of a-z, 0-9 and -, like <code>europe premium</code>, or <code>off</code>.",
    flag: "Send one emoji.",
    name: "Send a name in one line, up to 24 characters.",
  },
  yesNo: { yes: "Yes", no: "No" },
  audiences: { all: "everybody", paying: "customers who have paid" },
  audienceButtons: { all: "Everybody", paying: "Who has paid" },
  named: (n: number) => counted(n, "customer by name", "customers by name"),
  noGroups: "none",
};

export type LocationAdminTexts = typeof locations;
