import type { Table } from "../kit/journal.ts";
import type { Entry, Inbounds } from "./inbounds.ts";

/**
 * Whether the core runs; runs and takes no orders, so that it learns by restarts alone; or dies
 * again and again, so that nobody is let in and reviews wait for its restarts.
 */
export type CoreState = "running" | "deaf" | "dying";

/** Somebody whom the core lets in. */
export interface LetIn {
  readonly inboundId: number;
  readonly email: string;
  readonly uuid: string;
  readonly password: string;
}

/** What a core is made of. */
export interface CoreParts {
  readonly letIn: Table<LetIn>;
  readonly settings: Table<string>;
  readonly inbounds: Inbounds;
}

const stateKey = "core.state";
const restartKey = "core.needsRestart";

/** The core, Xray: who can really connect. It is told at once, else restarted within 30 seconds. */
export class Core {
  readonly #parts: CoreParts;

  constructor(parts: CoreParts) {
    this.#parts = parts;
  }

  get state(): CoreState {
    return (this.#parts.settings.get(stateKey) as CoreState | undefined) ?? "running";
  }

  /** One that runs again has restarted. */
  set state(state: CoreState) {
    this.#parts.settings.set(stateKey, state);
    if (state === "running") this.restart();
    if (state === "dying") this.#parts.letIn.clear();
  }

  /** Whether it is to be restarted, since it could not be told something. */
  get needsRestart(): boolean {
    return this.#parts.settings.has(restartKey);
  }

  add({ inboundId, email, uuid, password }: Entry): void {
    if (!this.#takesOrder()) return;
    this.#parts.letIn.set(keyOf({ inboundId, email }), { inboundId, email, uuid, password });
  }

  remove(entry: Pick<Entry, "inboundId" | "email">): void {
    if (this.#takesOrder()) this.#parts.letIn.delete(keyOf(entry));
  }

  /** Lets in whom the inbounds have as enabled. */
  restart(): void {
    const { letIn, inbounds, settings } = this.#parts;
    settings.delete(restartKey);
    letIn.clear();
    if (this.state === "dying") return;
    const entries = inbounds.list().flatMap(({ id }) => inbounds.entriesOf(id));
    for (const { inboundId, email, uuid, password } of entries.filter(({ enable }) => enable)) {
      letIn.set(keyOf({ inboundId, email }), { inboundId, email, uuid, password });
    }
  }

  /** Whom it lets in, and where. */
  list(): LetIn[] {
    return [...this.#parts.letIn.values()];
  }

  clear(): void {
    this.#parts.letIn.clear();
    this.#parts.settings.delete(stateKey);
    this.#parts.settings.delete(restartKey);
  }

  #takesOrder(): boolean {
    if (this.state === "running") return true;
    this.#parts.settings.set(restartKey, "yes");
    return false;
  }
}

const keyOf = ({ inboundId, email }: Pick<Entry, "inboundId" | "email">): string =>
  `${inboundId} ${email}`;
