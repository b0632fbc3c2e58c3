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

const decisions = (name: string) => ({ file: "test/db/decisions.test.ts", name });
const decision = (name: string) => ({ file: "test/domain/decision.test.ts", name });
const hostLoop = (name: string) => ({ file: "test/activities/host-loop.test.ts", name });
const statement = (name: string) => ({
  file: "test/activities/reconciliation/statement.test.ts",
  name,
});
const messages = (name: string) => ({ file: "test/db/messages.test.ts", name });

const money: readonly Mutant[] = [
  {
    what: "the locks of customer, subscription and payment are dropped",
    file: "db/payment-facts.ts",
    find: '    .forUpdate(["c", "s", "p"])\n',
    replace: "",
    test: decisions("two plans that are bought from one balance at the same time spend it once"),
  },
  {
    what: "an event is keyed by its place in a batch",
    file: "db/decisions.ts",
    find: "events.map((event) => [eventKey(order, event.report), event])",
    replace: "events.map((event, place) => [`${id}/${place}`, event])",
    test: decisions(
      "an event counts once by what it is about, however often and in whatever batch it comes",
    ),
  },
  {
    what: "an event's key does not name its charge",
    file: "domain/decision.ts",
    find: "`${id}/${gateway}/${reference}/${what}`",
    replace: "`${id}/${gateway}/${reference.slice(0, 0)}/${what}`",
    test: decision(
      "an event's key names gateway, reference, kind and amount: other money has another key, the same has the same",
    ),
  },
  {
    what: "a charge of another payment counts again",
    file: "db/decisions.ts",
    find: 'isTaken && report.kind === "paid"',
    replace: "isTaken && report.kind === undefined",
    test: decisions("one reference is never money of two payments"),
  },
  {
    what: "balance that is spent is refunded",
    file: "db/refunds.ts",
    find: 'return refused("spent");',
    replace: "void 0;",
    test: decisions("balance that is spent cannot be refunded"),
  },
  {
    what: "money that came twice stays spendable on its way back",
    file: "db/decisions.ts",
    find: "  await bookFacts(db, order.id, facts);\n  return rows.map",
    replace: "  return rows.map",
    test: decisions(
      "money that came twice is set aside at once: it cannot be spent on its way back",
    ),
  },
  {
    what: "what was set aside is not given back when the gateway refuses",
    file: "db/refunds.ts",
    find: "      await release(db, locked, { requestId, currency: row.currency });\n",
    replace: "",
    test: decisions(
      "a refund that the gateway refuses tells whoever was told that money is on its way, and gives it back",
    ),
  },
  {
    what: "a price that was credited goes back out of nothing",
    file: "domain/decision.ts",
    find: "const balance = forced ? left : Math.min(left, has);",
    replace: "const balance = forced ? left : 0;",
    test: decisions("a price that was credited instead of granted goes back out of the balance"),
  },
  {
    what: "every return may take the balance below zero",
    file: "domain/decision.ts",
    find: "const balance = forced ? left : Math.min(left, has);",
    replace: "const balance = left;",
    test: decisions(
      "a chargeback of spent balance is a debt, a return that the shop made itself is the shop's loss",
    ),
  },
  {
    what: "a surplus is not credited",
    file: "domain/decision.ts",
    find: "money(surplus.minor - fromCredit, surplus.currency)",
    replace: "money(-fromCredit, surplus.currency)",
    test: decision(
      "whatever is reported, in any order: what came and did not go back is price, balance, or the shop's loss",
    ),
  },
  {
    what: "a second payment gives time again",
    file: "domain/decision.ts",
    find: 'if (facts.charges.some(({ use }) => use === "grant")) return credited("paidTwice");',
    replace: "",
    test: decision("whatever is reported, one payment gives time once, for exactly its price"),
  },
  {
    what: "a return that is reported again counts again",
    file: "domain/decision.ts",
    find: "if (total.minor <= (charge?.returnedMinor ?? 0))",
    replace: "if (total.minor < (charge?.returnedMinor ?? 0))",
    test: decision(
      "what was decided once is a duplicate, or changes nothing, when it is decided again",
    ),
  },
  {
    what: "a decline of an older invoice closes the order",
    file: "domain/decision.ts",
    find: "const isOurs = shown !== undefined && invoiceReference === shown;",
    replace: "const isOurs = true;",
    test: decision("a final decline closes an order only where it names the invoice that is shown"),
  },
  {
    what: "part of a price that went back makes the payment refunded",
    file: "domain/decision.ts",
    find: "prices.every((one) => one.returnedMinor === one.paid?.minor)",
    replace: "prices.some((one) => one.returnedMinor === one.paid?.minor)",
    test: decisions(
      "what of the price came first takes its share of the time with it, and the last coin does not refund all",
    ),
  },
  {
    what: "opening a refund takes no time",
    file: "db/refunds.ts",
    find: "  const time = await moveLevel(db, locked, levels, rules.now);",
    replace: "  const time = await Promise.resolve<TimeBooked | undefined>(undefined);",
    test: decisions(
      "opening a refund takes the time, its failure gives it back, and its success takes it for good",
    ),
  },
  {
    what: "a message is written under a key of its own each time",
    file: "db/decisions.ts",
    find: "        key,\n        paidUntil: time?.account.paidUntil,",
    replace: "        key: v7(),\n        paidUntil: time?.account.paidUntil,",
    test: {
      file: "test/db/money-histories.test.ts",
      name: "whatever happens to a customer's money, in whatever order: no coin is lost, made or spent twice",
    },
  },
];

const time: readonly Mutant[] = [
  {
    what: "a return takes what was used already",
    file: "domain/time-lots.ts",
    find: "Math.max(0, ms * Math.max(0, kept) - usedMs) * factor",
    replace: "Math.max(0, ms - usedMs) * Math.max(0, kept) * factor",
    test: {
      file: "test/domain/time-lots.test.ts",
      name: "whatever is bought, given, used and returned in whatever order: what is left is what the others bought",
    },
  },
  {
    what: "a clock that is set back uses time",
    file: "domain/time-lots.ts",
    find: "Math.max(0, msBetween(account.at, now))",
    replace: "Math.abs(msBetween(account.at, now))",
    test: {
      file: "test/domain/time-lots.test.ts",
      name: "a clock that is set back uses nothing twice",
    },
  },
  {
    what: "access goes on for one millisecond too long",
    file: "domain/subscription.ts",
    find: "toMs(now) >= toMs(addMs(facts.paidUntil, facts.graceMs))",
    replace: "toMs(now) > toMs(addMs(facts.paidUntil, facts.graceMs))",
    test: {
      file: "test/domain/subscription.test.ts",
      name: "access runs to the last millisecond of the time and of the grace, and no longer",
    },
  },
  {
    what: "the books let in whoever has used up the last byte",
    file: "db/queries/access-rights.ts",
    find: "s.moved_bytes - s.traffic_base_bytes >= s.traffic_limit_bytes",
    replace: "s.moved_bytes - s.traffic_base_bytes > s.traffic_limit_bytes",
    test: {
      file: "test/db/access-rights.test.ts",
      name: "who may connect is the same in the books and in the domain, to the millisecond and the byte",
    },
  },
  {
    what: "the books let in whoever is blocked",
    file: "db/queries/access-rights.ts",
    find: "  when c.status = 'blocked' then 'blocked'\n",
    replace: "",
    test: hostLoop("a block ends access at once, and its end brings it back without another key"),
  },
];

const hosts: readonly Mutant[] = [
  {
    what: "counters are not read when a peer is removed",
    file: "activities/host-pass.ts",
    find: "        await recordTraffic(db, { hostId: this.#id, epoch, counters, now });\n        await recordGone",
    replace: "        await recordGone",
    test: hostLoop("bytes that moved before a new key was asked for are counted (sec-04)"),
  },
  {
    what: "counters of a removed peer go on where they stood",
    file: "db/accesses.ts",
    find: "update traffic_counters set uploaded_raw = 0, downloaded_raw = 0",
    replace: "update traffic_counters set uploaded_raw = uploaded_raw",
    test: hostLoop(
      "a peer that is taken off and put back counts from nothing, even beyond its last reading",
    ),
  },
  {
    what: "any number of peers goes without an admin's yes",
    file: "activities/host-pass.ts",
    find: "const held = drift.length > limit ? drift.length : 0;",
    replace: "const held = 0;",
    test: hostLoop(
      "retired keys that come back with a restored host go, but not beyond the limit without a yes",
    ),
  },
  {
    what: "the limit of removals is off by one",
    file: "domain/host.ts",
    find: "Math.max(10, Math.floor(peers / 5))",
    replace: "Math.max(11, Math.floor(peers / 5))",
    test: {
      file: "test/domain/host.test.ts",
      name: "one reconciliation takes off a fifth of a host's peers at most, or ten",
    },
  },
  {
    what: "a preshared key that somebody changed is left",
    file: "domain/host.ts",
    find: "seen === undefined || seen.presharedHash !== presharedHash",
    replace: "seen === undefined",
    test: hostLoop(
      "what somebody changed by hand is set right: an address, a preshared key, a missing peer",
    ),
  },
  {
    what: "a new epoch of a host's counters is not noticed",
    file: "db/traffic.ts",
    find: "select t.epoch = ${epoch}::text\n               and u.up",
    replace: "select u.up",
    test: {
      file: "test/db/traffic.test.ts",
      name: "whatever the readings, the books count as the domain does",
    },
  },
  {
    what: "two loops of one host act at the same time",
    file: "activities/host-loop.ts",
    find: "while (!(await listener.tryLock(this.#lockName))) {",
    replace:
      "while (!(await listener.tryLock(this.#lockName)) && this.#ports.pace === undefined) {",
    test: hostLoop(
      "two loops of one host never act at the same time; when one ends the other goes on",
    ),
  },
];

const gateways: readonly Mutant[] = [
  {
    what: "the cursor moves before its page is in good hands",
    file: "activities/reconciliation/statement.ts",
    find: "      const { past, found } = await lines.report(page.lines);",
    replace:
      "      await statements.moveTo(account, page.cursor, 0);\n      const { past, found } = await lines.report(page.lines);",
    test: statement(
      "while Temporal takes nothing the cursor stays, nothing is put aside, and all of it is reported later",
    ),
  },
  {
    what: "that Temporal is away is swallowed",
    file: "activities/reconciliation/lines.ts",
    find: "      return batch;\n    } catch (error) {\n      if (isOutage(error)) throw error;",
    replace: "      return batch;\n    } catch (error) {\n      if (isOutage(error)) return [];",
    test: statement(
      "while Temporal takes nothing the cursor stays, nothing is put aside, and all of it is reported later",
    ),
  },
  {
    what: "one broken line stops all lines",
    file: "activities/reconciliation/lines.ts",
    find: "      const [line] = lines;\n",
    replace: "      if (lines.length > 0) throw error;\n      const [line] = lines;\n",
    test: statement("one broken line is one broken line: an order's id that is not one"),
  },
  {
    what: "what the books know is reported again",
    file: "domain/reconciliation.ts",
    find: "known.get(report.reference)?.paid !== true",
    replace: "report.paid.minor >= 0",
    test: statement(
      "what the books know is not reported again, what went back of it is, also of unmatched money",
    ),
  },
];

const sending: readonly Mutant[] = [
  {
    what: "bulk messages go before transactional ones of their chat",
    file: "db/messages.ts",
    find: "(f.priority, f.id) < (m.priority, m.id)",
    replace: "f.id < m.id",
    test: messages("each chat has its next message: transactional ones first, then the oldest"),
  },
  {
    what: "a message overtakes one of its chat that rests",
    file: "db/messages.ts",
    find: "            and r.next_try_at > now())",
    replace: "            and r.id = m.id and r.next_try_at > now())",
    test: messages(
      "a chat of which one message rests rests as a whole, until its time or until it is resumed",
    ),
  },
  {
    what: "what is over is written over",
    file: "db/messages.ts",
    find: " where id = ${id} and state = 'waiting')",
    replace: " where id = ${id})",
    test: messages("what is over stays as it was first noted"),
  },
  {
    what: "a tag that was cut is taken",
    file: "db/vault.ts",
    find: "bytes.tag.length !== tagBytes",
    replace: "bytes.tag.length < 4",
    test: {
      file: "test/db/vault.test.ts",
      name: "a tag that was cut is refused, also where it fits: it would be quicker to guess",
    },
  },
];

export const mutants: readonly Mutant[] = [...money, ...time, ...hosts, ...gateways, ...sending];
