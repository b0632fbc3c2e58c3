import { randomUUID } from "node:crypto";
import type { Client, ClientFields, Clients } from "./clients.ts";
import type { Core } from "./core.ts";
import type { Creation } from "./decode.ts";
import { failure, notFound } from "./failure.ts";
import { type Inbounds, withCredential, withFlowOf } from "./inbounds.ts";
import type { Traffics } from "./traffics.ts";

/** What the panel is made of. */
export interface PanelParts {
  readonly clients: Clients;
  readonly inbounds: Inbounds;
  readonly traffics: Traffics;
  readonly core: Core;
  /** So many clients of an inbound were rewritten. */
  readonly onWrite: (clients: number) => void;
  readonly now: () => number;
}

/** A slash either way, a space, a control character. */
const hasForbidden = (name: string): boolean =>
  Array.from(name).some((character) => "/\\ \u007F".includes(character) || character < " ");

/**
 * What is done with clients. Each inbound keeps a copy of its clients, and after each write to an
 * inbound the records of all of them follow those copies. Nothing is undone when a later inbound
 * fails.
 */
export class Panel {
  readonly #parts: PanelParts;
  /** The inbounds that a batch has written, whose records follow at its end. */
  #batch: Set<number> | undefined;

  constructor(parts: PanelParts) {
    this.#parts = parts;
  }

  /** @throws Failure "record not found" where there is no such client, with its case. */
  require(email: string): Client {
    const client = this.#parts.clients.find(email);
    if (client === undefined) throw notFound();
    return client;
  }

  /**
   * Adds a client to inbounds, always enabled. With the same subscription as the one that has the
   * email, it is put on the inbounds that it is not on, and only that changes its limits.
   */
  add(creation: Creation): void {
    let client = this.prepare(creation);
    for (const id of creation.inboundIds) {
      client = withCredential(client, this.#parts.inbounds.require(id));
      this.put(id, client);
    }
  }

  /**
   * A client to be added, with the keys that it has already; `isSame` compares two emails.
   * @throws Failure for what is taken.
   */
  prepare(
    { client: given, inboundIds }: Creation,
    isSame: (one: string, other: string) => boolean = Object.is,
  ): ClientFields {
    const { clients, now } = this.#parts;
    requireNames(given);
    if (inboundIds.length === 0) throw failure("at least one inbound is required");
    const known = clients.find(given.email);
    const subId = given.subId || randomUUID();
    if (known !== undefined && (known.subId === "" || known.subId !== subId)) {
      throw failure("email already in use:", given.email);
    }
    const others = clients.ownersOf(subId).filter((email) => !isSame(email, given.email));
    if (others.length > 0) throw failure("subId already in use:", subId);
    return {
      ...given,
      subId,
      enable: true,
      uuid: given.uuid || (known?.uuid ?? ""),
      password: given.password || (known?.password ?? ""),
      auth: given.auth || (known?.auth ?? ""),
      createdAt: given.createdAt || now(),
      updatedAt: now(),
    };
  }

  /** Puts a client with its keys on an inbound; one that is on it is passed over. */
  put(id: number, given: ClientFields): void {
    const { inbounds, traffics, core } = this.#parts;
    this.requireFree(given);
    // A request may be repeated.
    if (inbounds.findEntry(id, given.email) !== undefined) return;
    const client = withFlowOf(given, inbounds.require(id));
    inbounds.putEntry(id, { ...client, updatedAt: this.#wholeSecond() });
    traffics.upsert(id, client);
    this.sync(id);
    const entry = inbounds.findEntry(id, client.email);
    if (client.enable && entry !== undefined) core.add(entry);
  }

  /** One email has one subscription in all inbounds. @throws Failure where it has another. */
  requireFree({ email, subId }: ClientFields): void {
    const known = this.#parts.inbounds.subIdOf(email);
    if (known !== undefined && (known === "" || known !== subId)) {
      throw failure("Duplicate email:", email);
    }
  }

  /** Replaces everything but credentials and subscription, which stay when they are left out. */
  update(email: string, given: ClientFields): void {
    const { clients, inbounds, now } = this.#parts;
    const existing = this.require(email);
    requireNames(given);
    let client: ClientFields = {
      ...given,
      subId: given.subId || existing.subId || randomUUID(),
      uuid: given.uuid || existing.uuid,
      password: given.password || existing.password,
      auth: given.auth || existing.auth,
      createdAt: given.createdAt || existing.createdAt,
      updatedAt: now(),
    };
    const isRenamed = client.email !== email;
    if (isRenamed && clients.find(client.email)) throw failure("Duplicate email:", client.email);
    if (client.subId !== existing.subId && clients.ownersOf(client.subId).length > 0) {
      throw failure("Duplicate subId:", client.subId);
    }
    const ids = inbounds.idsOf(email);
    for (const id of ids) {
      const inbound = inbounds.require(id);
      client = withCredential(client, inbound);
      this.#replaceIn(id, email, withFlowOf(client, inbound));
    }
    const { group, enable } = client;
    const record = ids.length === 0 ? { ...client, createdAt: existing.createdAt } : {};
    const changes = { ...record, email: client.email, group, enable, updatedAt: now() };
    clients.change({ email: clients.find(email) === undefined ? client.email : email }, changes);
  }

  /** Deletes a client, and what it has used unless that is kept. */
  delete(email: string, keepsTraffic: boolean): void {
    const { clients, inbounds, traffics } = this.#parts;
    const ids = inbounds.idsOf(email);
    if (clients.find(email) === undefined && ids.length === 0) {
      const quoted = JSON.stringify(email);
      throw failure(`client ${quoted} not found in any inbound or client record`);
    }
    for (const id of ids) this.#removeFrom(id, email);
    clients.delete({ email });
    if (!keepsTraffic) traffics.delete(email);
  }

  /** Puts a client, as its record has it, on inbounds that it is not on. */
  attach(email: string, inboundIds: readonly number[]): void {
    const { inbounds, now } = this.#parts;
    const { id: _, ...record } = this.require(email);
    const flow = this.flowOf(email);
    const attached = inbounds.idsOf(email);
    for (const id of inboundIds.filter((one) => !attached.includes(one))) {
      const inbound = inbounds.require(id);
      const client = withCredential({ ...record, flow, updatedAt: now() }, inbound);
      this.put(id, client);
    }
  }

  /** Takes a client off inbounds; its record and what it has used stay. */
  detach(email: string, inboundIds: readonly number[]): void {
    this.require(email);
    const attached = this.#parts.inbounds.idsOf(email);
    for (const id of inboundIds.filter((one) => attached.includes(one))) {
      this.#removeFrom(id, email);
    }
  }

  /** Enables or disables a client, and nothing else of it. */
  setEnabled(email: string, enable: boolean): void {
    const { clients, inbounds, traffics, core, now } = this.#parts;
    for (const id of inbounds.idsOf(email)) {
      const entry = inbounds.findEntry(id, email);
      if (entry === undefined || entry.enable === enable) continue;
      const changed = inbounds.changeEntry(entry, { enable, updatedAt: now() });
      if (enable) core.add(changed);
      else core.remove(changed);
      this.sync(id);
    }
    traffics.change(email, { enable });
    clients.change({ email }, { enable, updatedAt: now() });
  }

  /** Sets what a client has used to zero; one that is disabled, for whatever reason, is enabled. */
  resetTraffic(email: string): void {
    const { inbounds, traffics, now } = this.#parts;
    const client = this.require(email);
    if (!client.enable) this.update(email, { ...client, enable: true });
    traffics.change(email, { up: 0, down: 0, enable: true });
    for (const id of inbounds.idsOf(email)) inbounds.change(id, { lastTrafficResetTime: now() });
  }

  /** The flow of a client where an inbound has kept it. */
  flowOf(email: string): string {
    const { inbounds } = this.#parts;
    const flows = inbounds.idsOf(email).map((id) => inbounds.findEntry(id, email)?.flow ?? "");
    return flows.find((flow) => flow !== "") ?? "";
  }

  /** Rewrites each inbound once, however many of its clients change. */
  inOneWrite<Result>(change: () => Result): Result {
    const written = (this.#batch = new Set<number>());
    try {
      return change();
    } finally {
      this.#batch = undefined;
      for (const id of written) this.sync(id);
    }
  }

  /** The records of an inbound's clients follow the inbound. */
  sync(id: number): void {
    if (this.#batch !== undefined) return void this.#batch.add(id);
    const { clients, inbounds, onWrite } = this.#parts;
    inbounds.touch(id);
    for (const entry of inbounds.entriesOf(id)) {
      const { inboundId: _, place: _place, ...fields } = entry;
      const client = clients.find(entry.email);
      if (client === undefined) clients.add(fields);
      else if (!follows(client, fields)) clients.change(client, mergeOf(client, fields));
    }
    onWrite(inbounds.sizeOf(id));
  }

  #replaceIn(id: number, email: string, client: ClientFields): void {
    const { clients, inbounds, traffics, core } = this.#parts;
    const entry = inbounds.findEntry(id, email);
    if (entry === undefined) throw failure("empty client ID");
    if (client.email !== entry.email) this.requireFree(client);
    const { createdAt } = entry;
    const next = { ...client, createdAt, updatedAt: this.#wholeSecond() };
    inbounds.putEntry(id, next, entry);
    traffics.update(entry.email, next, inbounds.idsOf(entry.email).length > 0);
    if (client.email !== entry.email && clients.find(client.email) === undefined) {
      clients.change({ email: entry.email }, { email: client.email });
    }
    this.sync(id);
    if (entry.enable) core.remove(entry);
    const replaced = inbounds.findEntry(id, client.email);
    if (client.enable && replaced !== undefined) core.add(replaced);
  }

  #removeFrom(id: number, email: string): void {
    const { inbounds, core } = this.#parts;
    const entry = inbounds.findEntry(id, email);
    if (entry === undefined) return;
    inbounds.deleteEntry(entry);
    this.sync(id);
    if (entry.enable) core.remove(entry);
  }

  /** Inbounds keep the time of a change in whole seconds. */
  #wholeSecond(): number {
    return Math.floor(this.#parts.now() / 1_000) * 1_000;
  }
}

/** @throws Failure for names that the panel does not take. */
function requireNames({ email, subId }: ClientFields): void {
  if (email.trim() === "") throw failure("client email is required");
  if (hasForbidden(email)) {
    throw failure("client email contains an invalid character:", email);
  }
  if (hasForbidden(subId)) {
    throw failure("client subId contains an invalid character:", subId);
  }
}

/** What a record becomes by an inbound's copy: limits always, the rest where it is given. */
function mergeOf(client: Client, fields: ClientFields): ClientFields {
  return {
    ...fields,
    uuid: fields.uuid || client.uuid,
    password: fields.password || client.password,
    auth: fields.auth || client.auth,
    group: fields.group || client.group,
    createdAt: Math.min(client.createdAt, fields.createdAt),
    updatedAt: Math.max(client.updatedAt, fields.updatedAt),
  };
}

const follows = (client: Client, fields: ClientFields): boolean =>
  Object.entries(mergeOf(client, fields)).every(
    ([name, value]) => client[name as keyof ClientFields] === value,
  );
