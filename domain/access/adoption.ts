import type { HostId, TelegramId } from "../ids.ts";
import { telegramId } from "../ids.ts";
import type { operator } from "../operations/shop-change.ts";
import type { PlanCode } from "../payments/plan.ts";
import { longestExtensionDays } from "../people/admin-act.ts";
import type { Language } from "../people/customer.ts";
import { dayMs, type Instant, msBetween } from "../time.ts";
import { isDeviceAddress } from "./address-pool.ts";
import type { FoundPeer } from "./host.ts";

/** What others have noted about a user, as far as it says whose it is. */
export interface Noted {
  readonly identity: string;
  readonly note?: string | undefined;
  /** In a field of its own. */
  readonly telegramId?: number | undefined;
}

/** A number of Telegram with a word before it that says so. */
const labelled =
  /(?<![a-z0-9])(?:tg|telegram|user|uid|id)[\s_:#=-]*(?:id[\s_:#=-]*)?(\d{5,11})(?!\d)/giu;
/** A number of such a length, in no longer word of digits and letters. */
const bare = /(?<![0-9a-z])(\d{7,10})(?![0-9a-z])/giu;

/**
 * Whose a user of a panel is, as bots that sell access name their users or note it: by their number
 * in Telegram. A number that says what it is goes before any other; two different ones say nothing.
 */
export function telegramIdOf({
  identity,
  note = "",
  telegramId: own,
}: Noted): TelegramId | undefined {
  if (own !== undefined && own > 0) return telegramId(own);
  const text = `${identity}\n${note}`;
  for (const form of [labelled, bare]) {
    const numbers = new Set(Array.from(text.matchAll(form), ([, digits]) => Number(digits)));
    const [only, ...others] = numbers;
    if (only !== undefined) return others.length === 0 ? telegramId(only) : undefined;
  }
  return undefined;
}

/** Until when those who are taken over have access. */
export type AdoptionTime =
  | { readonly kind: "days"; readonly days: number }
  | { readonly kind: "until"; readonly until: Instant }
  /** Until the end that the panel has for each; who has none is refused. */
  | { readonly kind: "own" };

/** What is to become of users of a host that are not ours. */
export type AdoptionOrder =
  | {
      /** They stay, and nobody is asked about them any more. */
      readonly kind: "external";
      /** Undefined: all. */
      readonly only?: readonly string[];
    }
  | {
      readonly kind: "customers";
      readonly plan: PlanCode;
      readonly time: AdoptionTime;
      /** In which they are written to until they have chosen another one. */
      readonly language: Language;
      /** Numbers in Telegram by identity, and nobody else; undefined: as found by name and note. */
      readonly owners?: Readonly<Record<string, number>>;
    };

/** An operator's command to take users of a host over. */
export interface AdoptionRequest {
  readonly requestId: string;
  readonly by: typeof operator;
  /** Who gave the command, for the audit log. */
  readonly operatorName: string;
  readonly hostId: HostId;
  readonly order: AdoptionOrder;
  /** Says what would be done, and does nothing. */
  readonly isDry: boolean;
}

/** Why a user is not taken over. */
export type AdoptionRefusal =
  | "noTelegramId"
  /** It cannot be written in the panel's addresses. */
  | "badName"
  /** It has not one address of the host's own network. */
  | "badAddress"
  | "addressTaken"
  /** The panel has no end for it: the operator has to say one. */
  | "noEnd"
  | "badTime"
  /** Another host has a user of the same name, who is a customer already. */
  | "identityTaken"
  | "blocked";

/** What is done with one user. */
export type AdoptionPlan =
  | { readonly kind: "adopt"; readonly owner: TelegramId; readonly ms: number }
  | { readonly kind: "refused"; readonly why: AdoptionRefusal };

/** A user or a peer that is not ours, with what says whose it is. */
export interface ForeignUser extends FoundPeer {
  readonly owner: TelegramId | undefined;
}

const refused = (why: AdoptionRefusal): AdoptionPlan => ({ kind: "refused", why });

/** Whether and with how much time a user is taken over, as far as that can be said without the books. */
export function planAdoption(
  user: ForeignUser,
  order: Extract<AdoptionOrder, { kind: "customers" }>,
  { network, now }: { readonly network: string | undefined; readonly now: Instant },
): AdoptionPlan {
  const named = order.owners?.[user.identity];
  const owner = named === undefined ? user.owner : telegramId(named);
  if (owner === undefined) return refused("noTelegramId");
  if (network === undefined) {
    if (!/^[\w@.+-]{1,64}$/u.test(user.identity)) return refused("badName");
  } else {
    const [address, ...more] = user.addresses;
    if (address === undefined || more.length > 0 || !isDeviceAddress(network, address)) {
      return refused("badAddress");
    }
  }
  return planTime(user, order.time, { owner, now });
}

function planTime(
  { user }: ForeignUser,
  time: AdoptionTime,
  { owner, now }: { readonly owner: TelegramId; readonly now: Instant },
): AdoptionPlan {
  if (time.kind === "own" && user?.terms.endsAt === undefined) return refused("noEnd");
  const ms =
    time.kind === "days"
      ? time.days * dayMs
      : Math.max(
          0,
          msBetween(now, time.kind === "until" ? time.until : (user?.terms.endsAt ?? now)),
        );
  const isValid = Number.isFinite(ms) && ms >= 0 && ms <= longestExtensionDays * dayMs;
  return isValid ? { kind: "adopt", owner, ms: Math.round(ms) } : refused("badTime");
}

/** What became of one user. */
export interface AdoptionLine {
  readonly identity: string;
  /** `known`: it was taken over, or marked, before. */
  readonly kind: "adopted" | "external" | "known" | "refused";
  readonly owner?: TelegramId;
  readonly ms?: number;
  readonly why?: AdoptionRefusal;
}

/** How many lines of a result are told; all are counted. */
export const mostAdoptionLines = 2_000;

/** What came of taking users over. */
export type AdoptionResult =
  | {
      readonly kind: "done";
      readonly counts: Readonly<Record<AdoptionLine["kind"], number>>;
      readonly lines: readonly AdoptionLine[];
    }
  | { readonly kind: "noHost" | "noPlan" }
  | { readonly kind: "away"; readonly trouble: string };
