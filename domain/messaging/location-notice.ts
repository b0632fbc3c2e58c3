import type { LocationLabel } from "../access/location.ts";

/** What came of a customer's pick of a location for a device. */
export interface LocationNotice {
  readonly kind: "locationPicked";
  readonly outcome:
    | "notOffered"
    | "waits"
    | "same"
    | "stays"
    /** `mostMoves` in 24 hours; 0: the shop does not let customers move devices. */
    | "limit"
    | "noRoom"
    /** Its new key follows, and the old one ends later. */
    | "moving";
  /** The device's name. */
  readonly name: string;
  /** Undefined: any. */
  readonly location?: LocationLabel;
  readonly mostMoves?: number;
}
