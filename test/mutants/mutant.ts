/** A deliberate bug, and the test that has to catch it. */
export interface Mutant {
  /** The bug, in words. */
  readonly what: string;
  readonly file: string;
  /** The source to be replaced: it occurs in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly test: { readonly file: string; readonly name: string };
}
