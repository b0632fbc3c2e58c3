import type { Mutant } from "./mutant.ts";

const trouble = (name: string) => ({ file: "test/activities/access/host-trouble.test.ts", name });
const hostLoop = (name: string) => ({ file: "test/activities/access/host-loop.test.ts", name });

const links = (file: string, name: string) => ({ file: `test/api/links/${file}.test.ts`, name });

/** Bugs in time and rights. */
export const timeMutants: readonly Mutant[] = [
  {
    what: "a return takes what was used already",
    file: "domain/access/time-lots.ts",
    find: "Math.max(0, ms * Math.max(0, kept) - usedMs) * factor",
    replace: "Math.max(0, ms - usedMs) * Math.max(0, kept) * factor",
    test: {
      file: "test/domain/access/time-lots.test.ts",
      name: "for any order of purchases, gifts, use and returns, the rest is what the other purchases bought",
    },
  },
  {
    what: "a clock that is set back uses time",
    file: "domain/access/time-lots.ts",
    find: "Math.max(0, msBetween(account.at, now))",
    replace: "Math.abs(msBetween(account.at, now))",
    test: {
      file: "test/domain/access/time-lots.test.ts",
      name: "a clock that is set back does not use time twice",
    },
  },
  {
    what: "access goes on for one millisecond too long",
    file: "domain/access/subscription.ts",
    find: "toMs(now) >= toMs(addMs(facts.paidUntil, facts.graceMs))",
    replace: "toMs(now) > toMs(addMs(facts.paidUntil, facts.graceMs))",
    test: {
      file: "test/domain/access/subscription.test.ts",
      name: "access runs to the last millisecond of the time and of the grace, and no longer",
    },
  },
  {
    what: "a plan keeps one device more than it is for",
    file: "domain/access/device-rights.ts",
    find: 'if (place < planLimit) return { kind: "plan" };',
    replace: 'if (place <= planLimit) return { kind: "plan" };',
    test: {
      file: "test/domain/access/device-rights.test.ts",
      name: "at any moment as many devices are on as plan and purchases allow, and no more, however many there are",
    },
  },
  {
    what: "the books let a paused device in",
    file: "db/queries/access/access-rights.ts",
    find: 'of("a.pausedAt", "is", null),',
    replace: "",
    test: {
      file: "test/db/access/access-rights.test.ts",
      name: "the database and the domain agree on which device may connect, paused or not, to the millisecond",
    },
  },
  {
    what: "the books let in a customer who has used up the last byte",
    file: "db/queries/access/access-rights.ts",
    find: '        ">=",\n        of.ref("s.trafficLimitBytes"),',
    replace: '        ">",\n        of.ref("s.trafficLimitBytes"),',
    test: {
      file: "test/db/access/access-rights.test.ts",
      name: "the database and the domain agree on who may connect, to the millisecond and the byte",
    },
  },
  {
    what: "the books shut out who has used up the traffic of a period that has ended",
    file: "db/queries/access/access-rights.ts",
    find: "      of.not(of.fn.coalesce(periodHasEnded(now), sql.lit(false))),\n",
    replace: "",
    test: {
      file: "test/db/access/access-rights.test.ts",
      name: "the database and the domain agree on who may connect, to the millisecond and the byte",
    },
  },
  {
    what: "the books let in a blocked customer",
    file: "db/queries/access/access-rights.ts",
    find: '    .when("c.status", "=", sql.lit("blocked"))\n    .then(constant("blocked"))\n',
    replace: "",
    test: hostLoop("a block ends access at once, and its end brings it back without another key"),
  },
  {
    what: "the books let in a customer who is suspended for leaving a channel",
    file: "db/queries/access/access-rights.ts",
    find: '    .when("c.suspendedAt", "is not", null)\n    .then(constant("suspended"))\n',
    replace: "",
    test: {
      file: "test/db/access/access-rights.test.ts",
      name: "the database and the domain agree on who may connect, to the millisecond and the byte",
    },
  },
];

/** Bugs in how hosts follow the books. */
export const hostMutants: readonly Mutant[] = [
  {
    what: "counters are not read when a peer is removed",
    file: "activities/access/host-removal.ts",
    find: "      await recordTraffic(db, { hostId: this.#id, epoch, counters, now });\n      await recordGone",
    replace: "      await recordGone",
    test: hostLoop("bytes that moved before a new key was asked for are counted (sec-04)"),
  },
  {
    what: "counters of a removed peer go on where they stood",
    file: "db/access/host-changes.ts",
    find: ".set({ uploadedRaw: 0, downloadedRaw: 0 })",
    replace: '.set((of) => ({ uploadedRaw: of.ref("uploadedRaw") }))',
    test: hostLoop(
      "a peer that is removed and added again counts from zero, even beyond its last reading",
    ),
  },
  {
    what: "any number of peers goes without an admin's yes",
    file: "activities/access/host-pass.ts",
    find: "const held = drift.length > limit ? drift.length : 0;",
    replace: "const held = 0;",
    test: trouble(
      "retired keys that come back with a restored host are removed, but not beyond the limit without approval",
    ),
  },
  {
    what: "the limit of removals is off by one",
    file: "domain/access/host.ts",
    find: "Math.max(10, Math.floor(peers / 20))",
    replace: "Math.max(11, Math.floor(peers / 20))",
    test: {
      file: "test/domain/access/host.test.ts",
      name: "one comparison removes 5 % of a host's peers at most, or ten",
    },
  },
  {
    what: "a preshared key that somebody changed is left",
    file: "domain/access/host.ts",
    find: '...((seen.presharedHash ?? noPresharedHash) === presharedHash ? [] : ["its preshared key"]),',
    replace: "",
    test: trouble("manual changes are repaired: an address, a preshared key, a missing peer"),
  },
  {
    what: "a new epoch of a host's counters is not noticed",
    file: "db/access/traffic.ts",
    find: "select t.epoch = of.epoch\n               and u.up",
    replace: "select u.up",
    test: {
      file: "test/db/access/traffic.test.ts",
      name: "for any readings the database counts as the domain does",
    },
  },
  {
    what: "two loops of one host act at the same time",
    file: "db/notifications.ts",
    find: "rows[0]?.taken === true && this.#client === client",
    replace: "rows[0] !== undefined && this.#client === client",
    test: trouble(
      "two loops of one host never act at the same time; when one ends the other goes on",
    ),
  },
  {
    what: "two phones that come at one moment both use a link",
    file: "db/access/links.ts",
    find: "if (others >= mostHwids) return false;",
    replace: "",
    test: links("broken-panel", "two phones that come at one moment are one phone"),
  },
  {
    what: "two maintenances that overlap are both given back",
    file: "db/access/give-backs.ts",
    find: '.where("ms", ">", 0)',
    replace: '.where("ms", "<", 0)',
    test: {
      file: "test/db/access/give-backs.test.ts",
      name: "two hosts of one subscription that were worked on together are counted once, given back at the same time",
    },
  },
  {
    what: "two workers give the time of one maintenance back at the same time",
    file: "db/access/give-backs.ts",
    find: '.where("id", "=", id)\n    .forUpdate()',
    replace: '.where("id", "=", id)',
    test: {
      file: "test/db/access/give-backs.test.ts",
      name: "each subscription gets what a maintenance has lasted, once, although workers take its steps at the same time and again",
    },
  },
  {
    what: "a renewal is charged during a maintenance",
    file: "db/payments/renewal-calendar.ts",
    find: "if (row.isPutOff) return",
    replace: "if (row.isPutOff && !row.isOn) return",
    test: {
      file: "test/workflows/renewal-maintenance.test.ts",
      name: "nobody is charged, or asked for money, for a host in maintenance; when it is over, they are",
    },
  },
];
