/** An API call that was answered. The API key is not kept. */
export interface RecordedCall {
  /** As `transactions`, `jetton/transfers`, `jsonRPC/getTransactions`. */
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** 0: the connection was dropped. */
  readonly status: number;
}
