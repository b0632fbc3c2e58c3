import { customerId, telegramId } from "../../domain/ids.ts";
import { answerNotice } from "../../domain/messaging/message.ts";
import { type Money, money } from "../../domain/money.ts";
import type {
  Resolution,
  ResolutionAnswer,
  ResolvedCharge,
} from "../../domain/payments/unmatched.ts";
import { displayName } from "../../domain/people/customer.ts";
import { minuteMs } from "../../domain/time.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";
import { loadBalances } from "./ledger.ts";

/** After this long the admin looks elsewhere: the answer is a message of its own. */
const promptMs = minuteMs;

/**
 * Answers an admin's decision about an unmatched payment, once per kind of answer, in place of the
 * page that asked. `returning`: what its gateway is asked to return.
 */
export async function answerResolution(
  db: Queries,
  resolution: Resolution,
  kind: ResolutionAnswer,
  returning?: Money,
): Promise<void> {
  const { by, requestId, shownIn } = resolution;
  const row = await findResolved(db, resolution);
  const isMine = row?.requestId === requestId || returning !== undefined;
  const charge =
    isMine && row !== undefined ? await chargeOf(db, resolution, row, returning) : undefined;
  const notice = {
    kind: "unmatchedResolved",
    resolved: { kind },
    ...(charge && { charge }),
  } as const;
  const key = `unmatched/${requestId}${kind === "underWay" ? "/underWay" : ""}`;
  const isLate = row?.resolvedAt != null && Date.now() - row.resolvedAt.getTime() > promptMs;
  await enqueue(db, answerNotice(by, key, notice, isLate ? undefined : shownIn));
}

const findResolved = (db: Queries, { gateway, reference }: Resolution) =>
  db
    .selectFrom("unmatched as u")
    .leftJoin("customers as c", "c.id", "u.customerId")
    .select(["u.requestId", "u.resolvedAt", "u.minor", "u.returnedMinor", "u.currency", "u.reason"])
    .select(["c.id as customerId", "c.telegramId", "c.firstName", "c.lastName"])
    .where("u.gateway", "=", gateway as string)
    .where("u.reference", "=", reference)
    .executeTakeFirst();

type ResolvedRow = NonNullable<Awaited<ReturnType<typeof findResolved>>>;

async function chargeOf(
  db: Queries,
  { gateway, what }: Resolution,
  row: ResolvedRow,
  returning: Money | undefined,
): Promise<ResolvedCharge> {
  const { currency, customerId: id, telegramId: to, firstName, lastName, reason } = row;
  const amount = returning ?? money(row.minor - row.returnedMinor, currency);
  if (what.kind === "ignore") return { gateway, amount, ...(reason === null ? {} : { reason }) };
  if (what.kind === "refund" || id === null || to === null || firstName === null) {
    return { gateway, amount };
  }
  const balances = await loadBalances(db, customerId(id));
  const name = displayName({ firstName, lastName: lastName ?? undefined });
  const balance = money(balances[currency] ?? 0, currency);
  return { gateway, amount, given: { customer: telegramId(to), name, balance } };
}
