import * as z from "zod";
import { instant } from "../../../domain/time.ts";
import type { FoundUser, WantedUser } from "../panel/panel.ts";
import { endSecondOf } from "../panel/terms.ts";
import type { XuiSettings } from "./settings.ts";

/** A client's record; `totalGB` is in bytes, times in milliseconds, 0 for none. */
export const xuiClient = z.object({
  email: z.string(),
  subId: z.string(),
  enable: z.boolean(),
  totalGB: z.int(),
  expiryTime: z.int(),
  limitIp: z.int(),
  comment: z.string().nullish(),
  tgId: z.int().nullish(),
  createdAt: z.int(),
});
/** See `xuiClient`. */
export type XuiClient = z.infer<typeof xuiClient>;

/** What a client has moved since it was made. */
export const xuiTraffic = z.object({
  up: z.int().min(0),
  down: z.int().min(0),
  lastOnline: z.int().nullish(),
});

/** A client with its inbounds and its counters. */
export interface WholeClient {
  readonly client: XuiClient;
  readonly inboundIds: readonly number[];
  readonly traffic: z.infer<typeof xuiTraffic> | undefined;
}

/** The panel switches a client off itself and stores no reason: its numbers tell it. */
function stateOf({ client, traffic }: WholeClient, nowMs: number): FoundUser["state"] {
  if (client.enable) return "active";
  const used = (traffic?.up ?? 0) + (traffic?.down ?? 0);
  if (client.totalGB > 0 && used >= client.totalGB) return "limited";
  return client.expiryTime > 0 && client.expiryTime <= nowMs ? "expired" : "disabled";
}

/** A client in the adapter's terms; `nowMs` decides whether its end has come. */
export function readClient(
  whole: WholeClient,
  { settings, nowMs }: { readonly settings: XuiSettings; readonly nowMs: number },
): FoundUser {
  const { client, inboundIds, traffic } = whole;
  // After first use, or in days: an operator's hand, never as wanted.
  const isPlain = client.expiryTime >= 0;
  return {
    name: client.email,
    key: client.email,
    epoch: String(client.createdAt),
    state: stateOf(whole, nowMs),
    terms: {
      endsAt: client.expiryTime > 0 ? instant(client.expiryTime) : undefined,
      limitBytes: client.totalGB > 0 ? client.totalGB : undefined,
      deviceLimit: client.limitIp > 0 ? client.limitIp : undefined,
    },
    uploadedBytes: traffic?.up ?? 0,
    downloadedBytes: traffic?.down ?? 0,
    lastSeenAt: traffic?.lastOnline ? instant(traffic.lastOnline) : undefined,
    note: client.comment ?? "",
    telegramId: client.tgId || undefined,
    fault:
      faultOf(inboundIds, settings.inbounds) ?? (isPlain ? undefined : "its end is not a date"),
    url: `${settings.subscriptionUrl}/${client.subId}`,
  };
}

const textOf = (ids: readonly number[]): string => ids.toSorted((a, b) => a - b).join();

const faultOf = (found: readonly number[], wanted: readonly number[]): string | undefined =>
  textOf(found) === textOf(wanted) ? undefined : "it is on other inbounds";

/** What a client connects with. The panel keeps what an update leaves out of these. */
const keysOf = ({ secrets: { linkId, uuid, password } }: WantedUser) => ({
  subId: linkId,
  id: uuid,
  password,
  auth: password,
});

/**
 * The whole client: what an update leaves out, the panel sets to nothing. `reset: 0`: the panel
 * never moves the end or the counter by itself. The keys of a client whom others have made stay.
 */
export function clientOf(user: WantedUser, { flow }: XuiSettings, isNew: boolean) {
  const { name, terms, note, keepsKeys } = user;
  const end = endSecondOf(terms);
  return {
    email: name,
    ...(isNew || !keepsKeys ? keysOf(user) : {}),
    flow,
    totalGB: terms.limitBytes ?? 0,
    expiryTime: end === undefined ? 0 : end * 1_000,
    enable: true,
    limitIp: terms.deviceLimit ?? 0,
    comment: note,
    group: "tollgate",
    reset: 0,
  };
}
