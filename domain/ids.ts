declare const brand: unique symbol;

/**
 * A value that only its own function creates. The brand costs nothing at run time and is plain JSON
 * on the wire.
 */
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A Telegram account's number. Telegram keeps it below 2^52, so it is a safe integer. */
export type TelegramId = Branded<number, "Telegram">;
/** A Telegram group's number, which is below zero. */
export type GroupId = Branded<number, "Group">;
/** Where a message goes: a private chat has the number of its person. */
export type ChatId = TelegramId | GroupId;
/**
 * The id of a person in the books: a uuid. Telegram's number of the same person is a `TelegramId`.
 */
export type CustomerId = Branded<string, "Customer">;
/**
 * The id of a subscription: derived from its customer's for the first one, from the payment that buys
 * it for each further one.
 */
export type SubscriptionId = Branded<string, "Subscription">;
/** The id of a device, a uuid; it stays the same when the device gets a new key. */
export type DeviceId = Branded<string, "Device">;
/** The id of a host, a uuid; people see its name. */
export type HostId = Branded<string, "Host">;
/** The id of a location, a uuid; people see its name, commands its code. */
export type LocationId = Branded<string, "Location">;
/** Names an approval, e.g. `signup:5001`. */
export type ApprovalId = Branded<string, "Approval">;

/**
 * A checked Telegram id.
 * @throws RangeError when `value` is not a positive safe integer.
 */
export function telegramId(value: number): TelegramId {
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new RangeError(`a Telegram id is a positive whole number, got ${value}`);
  }
  return value as TelegramId;
}

/**
 * A checked number of a group.
 * @throws RangeError when `value` is not a negative safe integer.
 */
export function groupId(value: number): GroupId {
  if (!Number.isSafeInteger(value) || value >= 0) {
    throw new RangeError(`a group's number is a negative whole number, got ${value}`);
  }
  return value as GroupId;
}

/**
 * A checked number of a chat.
 * @throws RangeError when `value` is neither a Telegram id nor a group's number.
 */
export const chatId = (value: number): ChatId => (value < 0 ? groupId(value) : telegramId(value));

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u;

/** Whether a text is a uuid in lower case, as all our ids are. */
export const isUuid = (text: string): boolean => uuid.test(text);

/**
 * Makes the function that checks and brands an id.
 * @throws RangeError, from that function, when its value is not a lower-case uuid.
 */
function fromUuid<Name extends string>(kind: string) {
  return (value: string): Branded<string, Name> => {
    if (!isUuid(value)) throw new RangeError(`a ${kind} id is a uuid, got "${value}"`);
    return value as Branded<string, Name>;
  };
}

/**
 * A checked customer id.
 * @throws RangeError when the value is not a lower-case uuid.
 */
export const customerId = fromUuid<"Customer">("customer");
/**
 * A checked subscription id.
 * @throws RangeError when the value is not a lower-case uuid.
 */
export const subscriptionId = fromUuid<"Subscription">("subscription");
/**
 * A checked device id.
 * @throws RangeError when the value is not a lower-case uuid.
 */
export const deviceId = fromUuid<"Device">("device");
/**
 * A checked host id.
 * @throws RangeError when the value is not a lower-case uuid.
 */
export const hostId = fromUuid<"Host">("host");
/**
 * A checked location id.
 * @throws RangeError when the value is not a lower-case uuid.
 */
export const locationId = fromUuid<"Location">("location");
