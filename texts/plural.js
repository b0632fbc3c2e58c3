/** The plural rules of a locale, as ICU knows them. */
export function pluralsIn(locale) {
    const rules = new Intl.PluralRules(locale);
    const numbers = new Intl.NumberFormat(locale);
    const form = (n, forms) => forms[rules.select(n)] ?? forms.other;
    return { form, counted: (n, forms) => `${numbers.format(n)} ${form(n, forms)}` };
}
