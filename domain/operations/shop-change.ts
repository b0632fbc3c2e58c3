import type { LocationCode } from "../access/location.ts";
import type { LocationField, NewLocation } from "../access/location-change.ts";
import type { TelegramId } from "../ids.ts";
import type { ChannelCheck } from "../people/channels.ts";
import type { PlanField, PlanRefusal } from "../payments/plan-change.ts";
import type { PlanCode } from "../payments/plan.ts";
import type { SettingKey } from "./shop-settings.ts";

/** What an admin changes of the shop, one thing at a time, as they wrote it. */
export type ShopChange =
  | {
      readonly kind: "setting";
      readonly key: SettingKey;
      /** Null: back to what the environment says, or to what is built in. */
      readonly value: string | null;
    }
  | {
      readonly kind: "plan";
      readonly code: PlanCode;
      readonly field: PlanField;
      readonly value: string;
    }
  | { readonly kind: "newPlan"; readonly name: string }
  | ({ readonly kind: "newLocation" } & NewLocation)
  | {
      readonly kind: "location";
      readonly code: LocationCode;
      readonly field: LocationField;
      readonly value: string;
    }
  | { readonly kind: "removeLocation"; readonly code: LocationCode };

/** The operator at the command line, in place of an admin's number. */
export const operator = "operator";

/** An admin's or the operator's command to change the shop. */
export interface ShopChangeRequest {
  /** Derived at the entry point from what carried the command: a repeat is the same change. */
  readonly requestId: string;
  readonly by: TelegramId | typeof operator;
  readonly change: ShopChange;
}

/** What a change came to. */
export type ShopChangeResult =
  | {
      readonly kind: "changed";
      /** The plan that has a new version. */
      readonly plan?: PlanCode;
      /** The location that is new, changed or removed. */
      readonly location?: LocationCode;
      /** After a change of the required channels: whether the bot can see who is in each. */
      readonly channels?: readonly ChannelCheck[];
    }
  /** It was so already. */
  | { readonly kind: "same"; readonly channels?: readonly ChannelCheck[] }
  | { readonly kind: "refused"; readonly why: ShopRefusal };

/** Why a change is refused. */
export type ShopRefusal =
  | PlanRefusal
  | "notAdmin"
  | "noPlan"
  | "noLocation"
  | "codeTaken"
  /** Hosts are in the location. */
  | "hasHosts";
