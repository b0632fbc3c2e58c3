/** Codes of T-Bank's list that this server answers with, in words of its own. */
const messages = {
  "1": "A parameter cannot be read",
  "4": "The payment's status cannot be changed now",
  "6": "The card could not be changed",
  "7": "Wrong status of the payment: nobody has paid",
  "8": "Wrong status of the payment",
  "10": "Charge is not allowed to this terminal",
  "20": "This OrderId was used before",
  "201": "A required parameter is missing",
  "204": "Wrong token: check the pair of TerminalKey and password",
  "205": "Wrong token: this terminal is not known",
  "207": "DATA has too many pairs",
  "208": "A key of DATA is too long",
  "209": "A value of DATA is too long",
  "212": "OrderId must have 1 to 36 characters",
  "213": "Description may have 140 characters at most",
  "216": "CustomerKey must have 1 to 36 characters",
  "217": "PaymentId must be a whole number of up to 20 digits",
  "223": "RebillId must be a whole number of up to 20 digits",
  "250": "DATA cannot be read",
  "251": "Wrong amount",
  "255": "The payment was not found",
  "308": "The items and the kinds of payment of the receipt differ in their sums",
  "309": "A receipt is required",
  "326": "An item's Amount is not its Price times its Quantity",
  "329": "The receipt needs an Email or a Phone",
  "330": "The amount is larger than what is left of the payment",
  "334": "The sums of the receipt and of the payment differ",
  "1125": "OperationInitiatorType is unknown",
  "1126": "OperationInitiatorType does not go with Recurrent",
  "3001": "SBP is not available",
  "3002": "The balance is too low for this refund",
  "3016": "No QR can be made for this amount",
  "3017": "RedirectDueDate is wrong or out of range",
  "3030": "Too many failed refunds within a day",
  "9999": "Internal error",
} as const;

/** A code that this server answers with. */
export type Code = keyof typeof messages;

/** T-Bank said no: HTTP 200 with `Success` false and a code. */
export class Refusal extends Error {
  readonly code: string;
  readonly details: string;

  constructor(code: Code, details = "") {
    super(messages[code]);
    this.code = code;
    this.details = details;
  }
}
