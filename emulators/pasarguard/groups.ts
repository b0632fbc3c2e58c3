import type { Table } from "../kit/journal.ts";
import type { PanelCore } from "../panel-kit/core.ts";
import { type Inbound, inbounds } from "../panel-kit/inbounds.ts";
import { Refusal } from "../panel-kit/refusal.ts";

/** Inbounds under a name, which users are given together. */
export interface Group {
  readonly id: number;
  readonly name: string;
  readonly inbound_tags: readonly string[];
  readonly is_disabled: boolean;
}

/** The panel's groups. The first one, `all`, opens all inbounds. */
export class Groups {
  readonly #core: PanelCore;

  constructor(core: PanelCore) {
    this.#core = core;
    this.begin();
  }

  /** Makes the first group, unless there are groups. */
  begin(): void {
    if (this.#rows.size > 0) return;
    this.create({ name: "all", inbound_tags: inbounds.map(({ tag }) => tag) });
  }

  get #rows(): Table<Group> {
    return this.#core.table("groups");
  }

  find(id: number): Group | undefined {
    return this.#rows.get(id);
  }

  list(): readonly Group[] {
    return [...this.#rows.values()];
  }

  create(given: Pick<Group, "name" | "inbound_tags"> & Partial<Group>): Group {
    return this.save({ is_disabled: false, ...given, id: this.#core.nextId("groups") });
  }

  save(group: Group): Group {
    this.#rows.set(group.id, group);
    return group;
  }

  remove({ id }: Group): void {
    this.#rows.delete(id);
  }

  /** The groups of these numbers, each once, by number. @throws Refusal 404. */
  require(ids: readonly number[]): readonly number[] {
    if (ids.some((id) => this.find(id) === undefined)) throw new Refusal(404, "Group not found");
    return [...new Set(ids)].toSorted((one, other) => one - other);
  }

  /** The inbounds that groups open, in the core's order; those of disabled groups stay closed. */
  inboundsOf(ids: readonly number[]): readonly Inbound[] {
    const groups = ids.flatMap((id) => this.find(id) ?? []).filter((group) => !group.is_disabled);
    const tags = new Set(groups.flatMap(({ inbound_tags }) => inbound_tags));
    return inbounds.filter(({ tag }) => tags.has(tag));
  }
}
