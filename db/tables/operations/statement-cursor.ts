import { defineEntity, p } from "@mikro-orm/postgresql";

export const StatementCursorTable = defineEntity({
  name: "StatementCursor",
  tableName: "statement_cursors",
  properties: {
    /** The gateway's account: another bot, app or terminal has a statement of its own. */
    account: p.text().primary(),
    cursor: p.text(),
    /** How many lines from before the shop's first start were passed over, and whether admins were told. */
    skipped: p.integer().default(0),
    skippedToldAt: p.datetime().nullable(),
    readAt: p.datetime().defaultRaw("now()"),
  },
});
