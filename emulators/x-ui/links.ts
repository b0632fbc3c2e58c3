import { createHash } from "node:crypto";
import type { Entry, Inbound, Inbounds } from "./inbounds.ts";
import type { Traffic } from "./traffics.ts";
import { reality } from "./wire.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The host of links: that of the request, by which its client has found the panel. */
export function hostOf(header: string | undefined): string {
  const name = URL.parse(`http://${header ?? ""}`)?.hostname ?? "";
  return name === "127.0.0.1" || name === "" ? "localhost" : name;
}

/** The link of a client on an inbound; its parameters are in alphabetical order. */
export function linkOf(entry: Entry, { protocol, security, port }: Inbound, host: string): string {
  const secret = protocol === "vless" ? entry.uuid : entry.password;
  const spider = createHash("sha256").update(entry.email).digest("hex").slice(0, 15);
  const { publicKey, serverName, shortId } = reality;
  const parameters =
    security === "none"
      ? { security, type: "tcp" }
      : {
          ...(entry.flow === "" ? {} : { flow: entry.flow }),
          fp: "chrome",
          pbk: publicKey,
          security,
          sid: shortId,
          sni: serverName,
          spx: `/${spider}`,
          type: "tcp",
        };
  return `${protocol}://${secret}@${host}:${port}?${new URLSearchParams(parameters).toString()}`;
}

/** The clients of a subscription, each with its inbound, by inbound. */
export const entriesOfSubscription = (inbounds: Inbounds, subId: string) =>
  inbounds
    .list()
    .flatMap((inbound) => inbounds.entriesOf(inbound.id).map((entry) => ({ inbound, entry })))
    .filter(({ entry }) => entry.subId === subId);

/** What the first link of a subscription is called by: its inbound, its client, what is left. */
export function remarkOf(
  { remark }: Inbound,
  { email }: Entry,
  row: Traffic | undefined,
  nowMs: number,
): string {
  const left = row === undefined || row.total === 0 ? [] : [`📊${leftOf(row)}`];
  const expiryTime = row?.expiryTime ?? 0;
  const days = Math.max(0, Math.floor((expiryTime - nowMs) / dayMs));
  return [`${remark}-${email}`, ...left, ...(expiryTime > 0 ? [`⏳${days}D`] : [])].join("|");
}

const leftOf = ({ total, up, down }: Traffic): string => pretty(Math.max(0, total - up - down));

const units = ["B", "KB", "MB", "GB", "TB", "PB"];

/** Bytes as the panel writes them: `12.50MB`. */
export function pretty(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(2)}${units[power]}`;
}
