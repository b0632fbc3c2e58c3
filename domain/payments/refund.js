/** `asked` waits for an admin's approval, `approved` for the gateway. */
export const refundStates = ["asked", "approved", "rejected", "returned", "refused"];
export const refundRefusals = [
    "notAdmin",
    "noPayment",
    "nothingLeft",
    "tooMuch",
    "underWay",
    "onlyWhole",
    "notPossible",
    "spent",
];
/** Whether a refund needs a second admin's approval. One that Tollgate itself starts does not. */
export function needsApproval(by, { minor, currency }, limits) {
    const limit = limits[currency];
    return by !== undefined && limit !== undefined && minor > limit;
}
