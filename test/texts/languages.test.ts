import { expect, test } from "vitest";
import { pictureNames } from "../../domain/people/captcha.ts";
import { languages } from "../../domain/people/customer.ts";
import { textsIn } from "../../texts/index.ts";

const isBranch = (node: unknown): node is object =>
  typeof node === "object" && node !== null && !Array.isArray(node);

/** Each key with its kind of text, at any depth. */
function shapeOf(node: object, path = ""): string[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    if (isBranch(value)) return shapeOf(value, `${path}${key}.`);
    const kind = Array.isArray(value) ? `list of ${value.length}` : typeof value;
    const takes = typeof value === "function" ? ` of ${value.length}` : "";
    return [`${path}${key}: ${kind}${takes}`];
  });
}

test("every language has every text, of the same kind", () => {
  const [first, ...others] = languages.map((language) => shapeOf(textsIn(language)).toSorted());
  for (const other of others) expect(other).toEqual(first);
});

test("no text is the same in two languages, except for names", () => {
  const flat = (node: object, path = ""): [string, string][] =>
    Object.entries(node).flatMap(([key, value]: [string, unknown]): [string, string][] => {
      if (isBranch(value)) return flat(value, `${path}${key}.`);
      return typeof value === "string" ? [[`${path}${key}`, value]] : [];
    });
  const russian = new Map(flat(textsIn("ru")));
  const same = flat(textsIn("en")).filter(
    ([key, text]) => russian.get(key) === text && !key.startsWith("access.connect.platforms."),
  );
  expect(same).toEqual([]);
});

test("every picture has a name in every language, and no two the same", () => {
  for (const language of languages) {
    const names = pictureNames.map((picture) => textsIn(language).people.pictures[picture]);
    expect(new Set(names).size).toBe(pictureNames.length);
  }
});

test("an answer to a button fits the 200 characters that Telegram allows it", () => {
  for (const language of languages) {
    const { access, messaging, operations, payments, people } = textsIn(language);
    const { order, purchase } = payments;
    const answers = [
      Object.values(messaging.answer),
      [messaging.tickets.closing, messaging.tickets.closedBefore, messaging.tickets.notFound],
      [messaging.maintenance.short, operations.settings.saved, operations.settings.same],
      [operations.settings.notAdmin, operations.plans.noPrice, operations.plans.gone],
      [operations.hosts.gone, operations.hosts.notAdmin, operations.hosts.testing],
      Object.values(operations.plans.how).map(operations.settings.wrong),
      [people.approval.decidedNow.approve("n".repeat(40)), people.approval.alreadyDecided],
      [people.approval.decidedNow.reject("n".repeat(40)), people.captcha.over],
      [people.act.alreadyDone, people.act.onAdmin, people.act.noCustomer],
      [people.act.undone, people.act.tooLate, people.approval.listGone, people.approval.none],
      [access.subscription.notActive, access.device.unknown],
      [order.closed, order.cancelled],
      [purchase.alreadyOrdered, purchase.balanceTooSmall, payments.payment.none],
      Object.values(payments.notOpened),
      Object.values(payments.refundNotOpened),
      Object.values(payments.unmatchedResolved),
    ].flat();
    for (const answer of answers) expect(answer.length).toBeLessThanOrEqual(200);
  }
});

test("a command's description fits the 256 characters that Telegram allows it", () => {
  for (const language of languages) {
    for (const description of Object.values(textsIn(language).messaging.commands)) {
      expect(description.length).toBeLessThanOrEqual(256);
    }
  }
});
