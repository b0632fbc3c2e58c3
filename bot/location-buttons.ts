// The buttons of the pages on which admins see and change locations.
import type { LocationCode } from "../domain/access/location.ts";
import { type LocationField, locationFields } from "../domain/access/location-change.ts";
import { button, markPart, optional, pagePart, textPart } from "../domain/messaging/buttons.ts";
import { hostIdPart } from "./host-buttons.ts";

const codePart = textPart<LocationCode>(/[a-z0-9-]{1,16}/u);
/** One of the values that a page offers. */
const valuePart = textPart(/[a-z]{1,8}/u);
const ofLocation = { code: codePart };
const ofField = {
  ...ofLocation,
  field: textPart<LocationField>(new RegExp(locationFields.join("|"), "u")),
};

/** All locations. */
export const locationsButton = button("locations", { page: optional(pagePart) });
/** One location. */
export const locationButton = button("location", ofLocation);
/** One thing about it. */
export const locationFieldButton = button("location-field", ofField);
/** Changes it to one of the values on its page. */
export const setLocationButton = button("location-set", {
  ...ofField,
  value: valuePart,
  mark: markPart,
});
/** Asks for its value as a message. */
export const askLocationButton = button("location-ask", ofField);
/** Asks for a new location. */
export const newLocationButton = button("location-new", {});
/** Says what removing it does. */
export const sureRemoveLocationButton = button("location-sure", ofLocation);
/** Removes it. */
export const removeLocationButton = button("location-remove", { ...ofLocation, mark: markPart });
/** Where a host is, to be changed. */
export const hostWhereButton = button("host-where", { id: hostIdPart });
/**
 * Puts a host into a location, or into none. A mark does not fit: what is pressed again is so
 * already.
 */
export const putHostButton = button("host-at", { id: hostIdPart, code: optional(codePart) });
