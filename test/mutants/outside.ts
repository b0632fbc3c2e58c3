import type { Mutant } from "./mutant.ts";

const statement = (name: string) => ({
  file: "test/activities/operations/reconciliation/statement.test.ts",
  name,
});
const messages = (name: string) => ({ file: "test/db/messaging/messages.test.ts", name });

/** Bugs in how statements are read. */
export const gatewayMutants: readonly Mutant[] = [
  {
    what: "the cursor moves before its page is in good hands",
    file: "activities/operations/reconciliation/statement.ts",
    find: "      const { past, found, undecided } = await lines.report(page.lines);",
    replace:
      "      await statements.moveTo(account, page.cursor, 0);\n      const { past, found, undecided } = await lines.report(page.lines);",
    test: statement(
      "while Temporal accepts nothing the cursor stays, nothing is quarantined, and everything is reported later",
    ),
  },
  {
    what: "the cursor moves past what no workflow has decided over",
    file: "activities/operations/reconciliation/statement.ts",
    find: "isHeld ||= await this.#holdCursor(undecided);",
    replace: "isHeld ||= (await this.#holdCursor(undecided)) && false;",
    test: statement(
      "events lost with a terminated workflow are sent again: the cursor stays until they are booked",
    ),
  },
  {
    what: "that Temporal is away is swallowed",
    file: "activities/operations/reconciliation/statement-lines.ts",
    find: "      return batch;\n    } catch (error) {\n      if (isOutage(error)) throw error;",
    replace: "      return batch;\n    } catch (error) {\n      if (isOutage(error)) return [];",
    test: statement(
      "while Temporal accepts nothing the cursor stays, nothing is quarantined, and everything is reported later",
    ),
  },
  {
    what: "one broken line stops all lines",
    file: "activities/operations/reconciliation/statement-lines.ts",
    find: "      const [line] = lines;\n",
    replace: "      if (lines.length > 0) throw error;\n      const [line] = lines;\n",
    test: statement("one broken line is one broken line: an order's id that is not one"),
  },
  {
    what: "what the books know is reported again",
    file: "domain/operations/reconciliation.ts",
    find: "known.get(report.reference)?.paid !== true",
    replace: "report.paid.minor >= 0",
    test: statement(
      "booked payments are not reported again, their returns are, also of unmatched payments",
    ),
  },
];

/** Bugs in messages, and in what is encrypted. */
export const messageMutants: readonly Mutant[] = [
  {
    what: "bulk messages go before transactional ones of their chat",
    file: "db/messaging/due-messages.ts",
    find: 'it(it.refTuple("f.priority", "f.id"), "<", it.refTuple("m.priority", "m.id"))',
    replace: 'it("f.id", "<", it.ref("m.id"))',
    test: messages("each chat's next message is a transactional one first, then the oldest"),
  },
  {
    what: "a message overtakes one of its chat that rests",
    file: "db/messaging/due-messages.ts",
    find: '      .where("r.tries", ">", 0)\n',
    replace: '      .where("r.tries", ">", 0)\n      .whereRef("r.id", "=", "m.id")\n',
    test: messages(
      "a chat rests as a whole while one of its messages rests, until its time or until it is resumed",
    ),
  },
  {
    what: "what is over is written over",
    file: "db/messaging/messages.ts",
    find: '        .where("id", "=", id)\n        .where("state", "=", "waiting"),',
    replace: '        .where("id", "=", id),',
    test: messages("an outcome stays as it was first recorded"),
  },
  {
    what: "a tag that was cut is taken",
    file: "db/vault.ts",
    find: "bytes.tag.length !== tagBytes",
    replace: "bytes.tag.length < 4",
    test: {
      file: "test/db/vault.test.ts",
      name: "a truncated tag is refused, even if it matches: it would be quicker to guess",
    },
  },
];
