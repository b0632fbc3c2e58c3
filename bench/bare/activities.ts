/** A step with nothing in it. */
const nothing = async (): Promise<void> => undefined;

/** The steps of a payment that is settled, by their names in the product. */
export const bareActivities = {
  openOrder: nothing,
  issueInvoice: nothing,
  decideEvents: nothing,
};

export type BareActivities = typeof bareActivities;
