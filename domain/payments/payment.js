import { isUuid, } from "../ids.ts";
export const balanceGateway = "balance";
/** Undefined when `text` is not a payment id: gateways echo whatever they were given. */
export const asPaymentId = (text) => isUuid(text) ? text : undefined;
/** `open` waits for money; every other state still accepts gateway events. */
export const paymentStates = [
    "open",
    "settled",
    "lapsed",
    "declined",
    "cancelled",
    "refused",
    "refunded",
];
/**
 * The state machine of a payment: its state after an effect. Money that came
 * outweighs every other end.
 */
export function nextState(state, effect) {
    switch (effect.kind) {
        case "granted":
            return "settled";
        case "returned":
            return effect.whole && state === "settled" ? "refunded" : state;
        case "declined":
            return state === "open" ? "declined" : state;
        case "credited":
        case "returnNoted":
        case "noted":
        case "inconsistent":
        case "duplicate":
            return state;
    }
}
/** The cause under which a payment's time is given: one payment, one grant. */
export const grantCause = (id) => `payment/${id}`;
/** Why a purchase did not become an order. */
export const notOpenedReasons = [
    "notCustomer",
    "notForSale",
    "priceChanged",
    "gatewayOff",
    "alreadyOpen",
];
/**
 * Whether this person may pay this invoice now: it may have been forwarded, have ended or be paid.
 */
export function checkoutOf({ telegramId, price, state }, { from, amount }) {
    if (from !== telegramId)
        return "notYours";
    if (state !== "open")
        return "over";
    const { minor, currency } = price;
    return amount.minor === minor && amount.currency === currency ? "go" : "wrongAmount";
}
