import { expect, test } from "vitest";
import { languages } from "../../domain/people/customer.ts";
import { textsIn } from "../../texts/index.ts";

test.each(languages)(
  "the consent to renew a week's plan promises no days before its end (%s)",
  (language) => {
    const { consent } = textsIn(language).payments.renewal;
    for (const by of ["card", "balance"] as const) {
      const month = consent[by]("P", "1 ₽", { days: 30, isLate: false });
      const week = consent[by]("P", "1 ₽", { days: 7, isLate: true });
      const promise = /Three days before|A day before|За три дня|За день/u;
      expect(month).toMatch(promise);
      expect(week).not.toMatch(promise);
      expect(week).not.toMatch(/next two days|двух следующих дней/u);
    }
  },
);
