/** The only failures that workflows tell apart, by name. All but `hostAway` end the retries. */
export const failures = {
  peerRefused: "PeerRefused",
  noHost: "NoHost",
  hostAway: "HostAway",
  invoiceRefused: "InvoiceRefused",
  refundRefused: "RefundRefused",
  gatewayOff: "GatewayOff",
} as const;

/** The name of a failure, as Temporal stores it. */
export type Failure = (typeof failures)[keyof typeof failures];
