/** A deliberate bug in the money or access code, and the test that has to catch it. */
export interface Mutant {
  /** What is wrong with it. */
  readonly what: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly test: { readonly file: string; readonly name: string };
}
