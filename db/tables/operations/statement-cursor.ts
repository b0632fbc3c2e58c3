import { defineEntity, p } from "@mikro-orm/postgresql";

export const StatementCursorTable = defineEntity({
  name: "StatementCursor",
  tableName: "statement_cursors",
  properties: {
    /** The gateway's account: each bot, app or terminal has its own statement. */
    account: p.text().primary(),
    cursor: p.text(),
    /**
     * How many lines from before this installation's first start were skipped,
     * and whether admins were notified.
     */
    skipped: p.integer().default(0),
    skippedReportedAt: p.datetime().nullable(),
    readAt: p.datetime().defaultRaw("now()"),
  },
});
