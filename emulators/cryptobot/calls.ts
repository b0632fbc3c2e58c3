/** An API call that was answered. Nothing secret is kept of it. */
export interface RecordedCall {
  readonly method: string;
  readonly invoice_id?: number | undefined;
  readonly spend_id?: string | undefined;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Whether it took effect, even if a fault kept the answer back. */
  readonly ok: boolean;
  readonly error?: string | undefined;
}
