/** One button below a notice. */
export type NoticeButton = { readonly text: string } & (
  | { readonly data: string }
  | { readonly url: string }
);

/** Rows of buttons below a notice. */
export type Keyboard = readonly (readonly NoticeButton[])[];
