import { escapeHtml, isolated } from "../../html.ts";
import { counted, devices } from "../counts.ts";

/** What admins read about VPN hosts. */
export const hosts = {
  menu: "🖥 Hosts",
  title: "🖥 <b>Hosts</b>",
  none: "There is no host yet. Add one at the command line: <code>hosts add NAME FILE</code>.",
  byCommand:
    "Hosts are added, and their settings changed, at the command line only: settings hold passwords and keys, and those do not belong in a chat.",
  line: (name: string, state: string, load: string) => `${isolated(name)}: ${state}, ${load}`,
  states: {
    open: "🟢 open",
    draining: "🟡 takes no new devices",
    away: "🔴 does not answer",
    maintenance: "🛠 in maintenance",
    sick: "🤒 lets nobody connect",
  },
  load: (living: number, capacity: number) => `${living} of ${devices(capacity)}`,
  card: (name: string, kind: string) => `🖥 ${isolated(name)} (${escapeHtml(kind)})`,
  at: (endpoint: string) => `Where: <code>${escapeHtml(endpoint)}</code>`,
  weight: (weight: number) => `Weight: ${weight}`,
  letIn: (n: number) => `May connect now: ${n}`,
  left: (n: number) => `Keep their place without time: ${n}`,
  refusedAccesses: (n: number) => `It refuses: ${devices(n)}`,
  seen: (at: string) => `Last compared with the books: ${at}`,
  never: "Never compared with the books yet",
  away: (since: string, trouble: string) => `🔴 No answer since ${since}: ${escapeHtml(trouble)}`,
  sick: (since: string) => `🤒 Customers cannot connect since ${since}`,
  probe: {
    well: (source: string, latencyMs: number | undefined) =>
      `🩺 Seen from ${isolated(source)}: works${latencyMs === undefined ? "" : `, ${latencyMs} ms`}`,
    sick: (source: string, trouble: string) =>
      `🩺 Seen from ${isolated(source)}: does not work: ${escapeHtml(trouble)}`,
  },
  gone: "There is no such host any more.",
  notAdmin: "Only admins may change hosts.",

  test: "🩺 Test",
  testing: "Testing: the answer takes up to a minute.",
  drain: "⏸ Take no new devices",
  resume: "▶️ Take new devices again",
  remove: "🗑 Remove",
  drained: "It takes no new devices now. Those that it has stay, and go on.",
  resumed: "It takes new devices again.",
  same: "It is so already.",
  removed: (name: string) => `${isolated(name)} is removed. Its settings are deleted.`,
  hasAccesses: (n: number) =>
    `${devices(n)} on it: let it take no new devices first, and remove it when none is left.`,

  sure: (name: string) => `Remove ${isolated(name)}?`,
  sureCapacity: (capacity: number) => `• Room for ${devices(capacity)} goes.`,
  sureOthers: (n: number, room: number) =>
    n === 0
      ? "• It is the last host: nobody can get a new device."
      : `• ${counted(n, "host", "hosts")} stay, with room for ${devices(room)}.`,
  sureSettings:
    "• Its settings are deleted. To bring it back, add it at the command line under the same name.",
  sureOutside: "• On the host itself nothing is changed.",
  yes: "🗑 Yes, remove it",
  no: "No, keep it",

  well: "✅ Everything is right.",
  usable: "⚠️ It can be used, but:",
  unusable: "🔴 It cannot be used:",
  version: (version: string) => `Version: ${escapeHtml(version)}`,
  finding: (name: string, details: string, fix: string) =>
    `<b>${name}</b>: ${escapeHtml(details)}\n→ ${fix}`,
  noReport: "The test has not answered in time. Try again, or look at the worker's log.",
  troubles: {
    settings: {
      name: "Settings",
      fix: "Bring them in order: hosts edit NAME --settings FILE.",
    },
    dns: { name: "DNS", fix: "Check the name in the settings, and its DNS record." },
    port: {
      name: "Port",
      fix: "Check the port, whether the service runs, and the firewall on both sides.",
    },
    timeout: {
      name: "No answer in time",
      fix: "Check the load of the host and the way to it, then test again.",
    },
    tls: {
      name: "TLS",
      fix: "Get a valid certificate for the name in the URL, with its whole chain.",
    },
    url: {
      name: "URL",
      fix: "Something else answers there: give the panel's own URL, with its base path.",
    },
    serverKey: {
      name: "SSH host key",
      fix: "Compare the key on the host itself, then put it into the file of known hosts.",
    },
    credentials: {
      name: "Credentials",
      fix: "Make new ones on the host and give them: hosts edit NAME --settings FILE.",
    },
    rights: {
      name: "Rights of the account",
      fix: "Give the account the rights that docs/panels.md and docs/production.md name.",
    },
    version: { name: "Version", fix: "Install a version that docs/panels.md names." },
    servers: {
      name: "Inbounds, squads or groups",
      fix: "Make them in the panel, or name others: hosts edit NAME --settings FILE.",
    },
    clock: { name: "Clock", fix: "Turn NTP on, on the host and where the worker runs." },
    tool: {
      name: "AmneziaWG tool",
      fix: "Install amneziawg-tools on the host, or name the right tool in the settings.",
    },
    module: {
      name: "Kernel module",
      fix: "Install it (amneziawg-dkms, with the kernel's headers) and modprobe amneziawg.",
    },
    tun: {
      name: "No /dev/net/tun",
      fix: "Let the machine have it: in a container, pass the device and NET_ADMIN.",
    },
    generation: {
      name: "Tool and module of different generations",
      fix: "Update both to the same generation, and load the module again or reboot.",
    },
    interface: {
      name: "Interface",
      fix: "Bring it up on the host (awg-quick up), or name the right one in the settings.",
    },
    hostKey: {
      name: "Public key",
      fix: "Is it the right interface? Then correct publicKey in the settings.",
    },
    udp: {
      name: "UDP port",
      fix: "Open it in the firewall and at the hoster, and let the interface listen on it.",
    },
    parameters: {
      name: "AmneziaWG parameters",
      fix: "Make S and H equal on host and in the settings, and choose ones that lose nothing.",
    },
    other: { name: "Something else", fix: "Read the words above and the worker's log." },
  },
};

/** The type of these texts, which every language has. */
export type HostsTexts = typeof hosts;
