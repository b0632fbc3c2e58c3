/** An empty step. */
const nothing = async (): Promise<void> => undefined;

/** The steps of a settled payment, under their names in the product. */
export const bareActivities = {
  openOrder: nothing,
  issueInvoice: nothing,
  decideEvents: nothing,
};

/** What the bare workflow sees of them. */
export type BareActivities = typeof bareActivities;
