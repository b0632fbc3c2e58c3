/** The forms of a word, by the plural category of a number. */
export type WordForms = { readonly [Category in Intl.LDMLPluralRule]?: string } & {
  readonly other: string;
};

/** A language's rules for a number and the word beside it. */
export interface Plurals {
  /** The form of the word that belongs to the number, without the number. */
  form(n: number, forms: WordForms): string;
  /** The number as the language writes it, and the word in its form: `1,000 days`. */
  counted(n: number, forms: WordForms): string;
}

/** The plural rules of a locale, as ICU knows them. */
export function pluralsIn(locale: string): Plurals {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const form = (n: number, forms: WordForms) => forms[rules.select(n)] ?? forms.other;
  return { form, counted: (n, forms) => `${numbers.format(n)} ${form(n, forms)}` };
}
