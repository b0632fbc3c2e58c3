/**
 * A checked Telegram id.
 * @throws RangeError when `value` is not a positive safe integer.
 */
export function telegramId(value) {
    if (!Number.isSafeInteger(value) || value <= 0) {
        throw new RangeError(`a Telegram id is a positive whole number, got ${value}`);
    }
    return value;
}
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u;
/** Whether a text is a uuid in lower case, as all our ids are. */
export const isUuid = (text) => uuid.test(text);
/**
 * Makes the function that checks and brands an id.
 * @throws RangeError, from that function, when its value is not a lower-case uuid.
 */
function fromUuid(kind) {
    return (value) => {
        if (!isUuid(value))
            throw new RangeError(`a ${kind} id is a uuid, got "${value}"`);
        return value;
    };
}
export const customerId = fromUuid("customer");
export const subscriptionId = fromUuid("subscription");
export const deviceId = fromUuid("device");
export const hostId = fromUuid("host");
