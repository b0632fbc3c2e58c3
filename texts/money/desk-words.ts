/** The head of a payment's card; everything is written out, and safe in HTML, already. */
export interface PaymentCardWords {
  readonly number: string;
  readonly customer: string;
  readonly telegramId: number;
  readonly plan: string;
  readonly price: string;
  readonly gateway: string;
  readonly state: string;
  readonly memo: string;
  readonly invoice: string;
}

/** A charge, or a refund, in a payment's card. */
export interface ChargeWords {
  readonly reference: string;
  readonly paid: string | undefined;
  readonly returned: string | undefined;
}

export interface RefundWords {
  readonly amount: string;
  readonly state: "asked" | "approved" | "rejected" | "returned" | "refused";
  readonly by: number | undefined;
  readonly reason: string;
}
