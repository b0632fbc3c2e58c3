/** What the panel announces of a user. */
export type UserEvent =
  | "user.created"
  | "user.modified"
  | "user.deleted"
  | "user.revoked"
  | "user.disabled"
  | "user.enabled"
  | "user.limited"
  | "user.expired"
  | "user.traffic_reset"
  | "user.first_connected";

/** What the panel announces of a device. */
export type DeviceEvent = "user_hwid_devices.added" | "user_hwid_devices.deleted";
