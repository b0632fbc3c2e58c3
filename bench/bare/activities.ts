/** A step with nothing in it. */
const nothing = async (): Promise<void> => undefined;

/** The steps of a payment and of a subscription that hears of it, by their names in the product. */
export const bareActivities = {
  openOrder: nothing,
  issueInvoice: nothing,
  keepReport: nothing,
  settle: nothing,
  showPayment: nothing,
  changeTime: nothing,
  tell: nothing,
  addDevice: nothing,
  undelivered: nothing,
};

export type BareActivities = typeof bareActivities;
