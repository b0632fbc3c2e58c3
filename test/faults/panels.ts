import * as fc from "fast-check";
import { type EntityManager, queriesOf } from "../../db/orm.ts";
import type { TelegramId } from "../../domain/ids.ts";
import type { HostSettings } from "../../gateways/hosts/registry.ts";
import { eventually } from "../drivers/eventually.ts";
import {
  type OfEachPanel,
  openEveryPanel,
  type PanelName,
  panelNames,
} from "../gateways/hosts/every-panel.ts";
import type { PanelUnderTest, WriteFault } from "../gateways/hosts/panel-contract.ts";
import { Throttle } from "./throttle.ts";

/** What happens to a panel, or by hand to a customer's users, wherever they are. */
export type PanelAct =
  /** The next calls of ours that write fail so. */
  | {
      readonly act: "fail";
      readonly name: PanelName;
      readonly by: WriteFault;
      readonly times: number;
    }
  /** It is put back to its state at the last time of this act; the first time only keeps it. */
  | { readonly act: "restore"; readonly name: PanelName }
  | { readonly act: "byHand"; readonly change: "delete" | "note" | "end" | "disable" };

const panelName = fc.constantFrom(...panelNames);
const failures = fc.record({
  act: fc.constant("fail" as const),
  name: panelName,
  by: fc.constantFrom<WriteFault>("500 after success", "dropped after success", "500", "slow"),
  times: fc.integer({ min: 1, max: 5 }),
});
const restores = fc.record({ act: fc.constant("restore" as const), name: panelName });
const changes = fc.record({
  act: fc.constant("byHand" as const),
  change: fc.constantFrom("delete" as const, "note" as const, "end" as const, "disable" as const),
});

/** Draws what happens to panels. */
export const panelActs: fc.Arbitrary<PanelAct> = fc.oneof(
  { weight: 4, arbitrary: failures },
  { weight: 1, arbitrary: restores },
  { weight: 3, arbitrary: changes },
);

type HandChange = Extract<PanelAct, { act: "byHand" }>["change"];

/** A panel is put back to an earlier state at most this often. */
const restoreEveryMs = 10_000;

/** Emulated panels with an operator beside us, whom all histories share. */
export class Panels {
  readonly #panels: OfEachPanel<PanelUnderTest>;
  readonly #restores = new Throttle(restoreEveryMs);
  readonly #backups = new Map<PanelName, () => Promise<void>>();

  private constructor(panels: OfEachPanel<PanelUnderTest>) {
    this.#panels = panels;
  }

  /** Starts them. */
  static async open(): Promise<Panels> {
    return new Panels(await openEveryPanel());
  }

  /** What the product knows of them. */
  get settings(): OfEachPanel<HostSettings> {
    const all = panelNames.map((name) => [name, this.#panels[name].settings] as const);
    return Object.fromEntries(all) as Record<PanelName, HostSettings>;
  }

  /** Does this, to the users of this customer where it is about users; `em` reads the books. */
  async act(what: PanelAct, em: EntityManager, person: TelegramId): Promise<void> {
    switch (what.act) {
      case "fail":
        return this.#panels[what.name].breakWrites(what.by, what.times);
      case "restore":
        return this.#restore(what.name);
      case "byHand":
        return this.#changeByHand(await placesOf(em, person), what.change);
    }
  }

  async #restore(name: PanelName): Promise<void> {
    if (!this.#restores.isDue(name)) return;
    await this.#backups.get(name)?.();
    this.#backups.set(name, await this.#panels[name].backUp());
  }

  async #changeByHand(places: Awaited<ReturnType<typeof placesOf>>, change: HandChange) {
    for (const { host, identity } of places) {
      const panel = this.#panels[host as PanelName];
      if (panel === undefined) continue;
      const changed =
        change === "delete" ? panel.deleteByHand(identity) : panel.changeByHand(identity, change);
      // The panel may not have them, or not any more.
      await changed.catch(() => undefined);
    }
  }

  /** No call fails any more. */
  async heal(): Promise<void> {
    await Promise.all(panelNames.map((name) => this.#panels[name].breakWrites("500", 0)));
  }

  /** Stops them. */
  async close(): Promise<void> {
    await Promise.all(Object.values(this.#panels).map((panel) => panel.close()));
  }
}

const placesOf = (em: EntityManager, person: TelegramId) =>
  eventually(
    () =>
      queriesOf(em.fork())
        .selectFrom("accesses as a")
        .innerJoin("hosts as h", "h.id", "a.hostId")
        .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
        .innerJoin("customers as c", "c.id", "s.customerId")
        .select(["h.name as host", "a.identity"])
        .where("c.telegramId", "=", person as number)
        .where("a.removedAt", "is", null)
        .execute(),
    60_000,
  );
