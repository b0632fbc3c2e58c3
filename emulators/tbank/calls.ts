/** An API call that was answered. Nothing secret is kept of it. */
export interface RecordedCall {
  readonly method: string;
  readonly payment_id?: string | undefined;
  readonly order_id?: string | undefined;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Whether it took effect, even if a fault kept the answer back. */
  readonly ok: boolean;
  readonly error?: string | undefined;
}
