import { randomUUID } from "node:crypto";
import { drawPassword, drawShortUuid } from "./credentials.ts";
import type { UserEvent } from "./events.ts";
import type { Node } from "./node.ts";
import { CodedRefusal, type ErrorCode } from "./refusal.ts";
import type { Creation, Revocation, Update } from "./schemas.ts";
import type { Squads } from "./squads.ts";
import type { Status, User, UserKey, Users } from "./users.ts";

/** What the panel is made of. */
export interface PanelParts {
  readonly users: Users;
  readonly squads: Squads;
  readonly node: Node;
  readonly announce: (event: UserEvent, user: User) => void;
  /** Deletes what belongs to a user who is gone. */
  readonly forget: (user: User) => void;
  readonly now: () => number;
}

const dayMs = 86_400_000;
const maxBigInt = 2n ** 63n - 1n;
const maxInt = 2 ** 31 - 1;

/** What is done with users: in the database, and what the node is told of it. */
export class Panel {
  readonly #parts: PanelParts;

  constructor(parts: PanelParts) {
    this.#parts = parts;
  }

  /** @throws CodedRefusal A025 where there is no such user, unless another code is given. */
  require(key: UserKey, code: ErrorCode = "A025"): User {
    const user = this.#parts.users.find(key);
    if (user === undefined) throw new CodedRefusal(code);
    return user;
  }

  /** @throws CodedRefusal A019, A020 when something is taken; A018 for what cannot be stored. */
  create(given: Creation): User {
    const { users, now } = this.#parts;
    requireStorable(given, "A018");
    const id = users.drawId();
    const { username, shortUuid = drawShortUuid() } = given;
    if (users.find({ username }) !== undefined) throw new CodedRefusal("A019");
    if (users.find({ shortUuid }) !== undefined) throw new CodedRefusal("A020");
    this.#requireSquads(given.activeInternalSquads ?? [], "A018");
    const createdAt = given.createdAt?.getTime() ?? now();
    const user = users.put({ ...newUser(given, id), shortUuid, createdAt, updatedAt: now() });
    if (user.status === "ACTIVE") this.#parts.node.add(user);
    return this.#tell("user.created", user);
  }

  /**
   * Changes a user. Its order is the panel's, and with it the trap: squads that change decide alone
   * what the node is told, so a user who is disabled in the same request is not taken off it.
   * @throws CodedRefusal A025, A039 for what cannot be stored.
   */
  update(key: UserKey, given: Update): User {
    const { users, node } = this.#parts;
    const user = this.require(key);
    requireStorable(given, "A039");
    const next = this.#judge(user, given);
    const squads = given.activeInternalSquads;
    const isRegrouped = squads !== undefined && !isSameSet(squads, user.squads);
    if (isRegrouped) this.#requireSquads(squads, "A039");
    const isRemoved = isRegrouped ? squads.length === 0 : next.isRemoved;
    const isAdded = isRegrouped ? squads.length > 0 : next.isAdded;
    const changed = users.change(user, {
      ...changesOf(given),
      ...(isRegrouped ? { squads } : {}),
      status: next.status,
      updatedAt: this.#parts.now(),
    });
    if (changed.status === "ACTIVE" && isAdded && !isRemoved) node.add(changed);
    if (isRemoved) node.remove(changed);
    return this.#tell("user.modified", changed);
  }

  /** @throws CodedRefusal A025, A030 for one that is active. */
  enable(key: UserKey): User {
    const user = this.require(key);
    if (user.status === "ACTIVE") throw new CodedRefusal("A030");
    const enabled = this.#parts.users.change(user, { status: "ACTIVE" });
    this.#parts.node.add(enabled);
    return this.#tell("user.enabled", enabled);
  }

  /** @throws CodedRefusal A025, A029 for one that is disabled. */
  disable(key: UserKey): User {
    const user = this.require(key);
    if (user.status === "DISABLED") throw new CodedRefusal("A029");
    const disabled = this.#parts.users.change(user, { status: "DISABLED" });
    this.#parts.node.remove(disabled);
    return this.#tell("user.disabled", disabled);
  }

  /** @throws CodedRefusal A025 where there is no such user. */
  resetTraffic(key: UserKey): User {
    const user = this.require(key);
    const isLimited = user.status === "LIMITED";
    const now = this.#parts.now();
    const status = isLimited ? "ACTIVE" : user.status;
    const changes = { status, lastTrafficResetAt: now, lastTriggeredThreshold: 0, used: 0 };
    const reset = this.#parts.users.change(user, { ...changes, updatedAt: now });
    if (isLimited) {
      this.#parts.node.add(reset);
      this.#tell("user.enabled", reset);
    }
    return this.#tell("user.traffic_reset", reset);
  }

  /** Gives new credentials and, unless only passwords are meant, a new link. */
  revoke(key: UserKey, { revokeOnlyPasswords = false, shortUuid }: Revocation = {}): User {
    const { users, node, now } = this.#parts;
    const user = this.require(key);
    const link = revokeOnlyPasswords ? user.shortUuid : (shortUuid ?? drawShortUuid());
    const holder = users.find({ shortUuid: link });
    if (holder !== undefined && holder.id !== user.id) throw new CodedRefusal("A027");
    const revoked = users.change(user, {
      shortUuid: link,
      trojanPassword: drawPassword(),
      vlessUuid: randomUUID(),
      ssPassword: drawPassword(),
      subRevokedAt: now(),
      updatedAt: now(),
    });
    if (revoked.status === "ACTIVE") node.add(revoked);
    return this.#tell("user.revoked", revoked);
  }

  /** Adds days to the expiry, or to now when it has passed; revives an expired user. */
  extend(key: UserKey, days: number): User {
    const { users, node, now } = this.#parts;
    const user = this.require(key);
    const expireAt = Math.max(user.expireAt, now()) + days * dayMs;
    const isRevived = user.status === "EXPIRED";
    const status = isRevived ? "ACTIVE" : user.status;
    const extended = users.change(user, { expireAt, status, updatedAt: now() });
    if (isRevived) node.add(extended);
    return this.#tell("user.modified", extended);
  }

  /** @throws CodedRefusal A025 where there is no such user. */
  delete(key: UserKey): User {
    const user = this.require(key);
    this.#parts.users.delete(user);
    this.#parts.forget(user);
    this.#parts.node.remove(user);
    return this.#tell("user.deleted", user);
  }

  /** Sets the squads of some users; those that there are not are passed over. */
  regroup(keys: readonly UserKey[], squads: readonly string[]): void {
    this.#requireSquads(squads, "A088");
    for (const user of this.#known(keys)) {
      this.#parts.node.add(this.#parts.users.change(user, { squads }));
    }
  }

  /** Adds days to the expiry of some users, and revives those whom that brings back. */
  extendMany(keys: readonly UserKey[], days: number): void {
    const { users, node, now } = this.#parts;
    for (const user of this.#known(keys)) {
      const expireAt = user.expireAt + days * dayMs;
      const isRevived = user.status === "EXPIRED" && expireAt > now();
      const changed = users.change(user, {
        expireAt,
        ...(isRevived ? { status: "ACTIVE" as const, updatedAt: now() } : {}),
      });
      if (isRevived) node.add(changed);
    }
  }

  /** What a PATCH makes of the status, and whether the node is to be told. */
  #judge(user: User, { status: wanted, trafficLimitBytes, expireAt }: Update) {
    let { status }: { status: Status } = user;
    let isAdded = false;
    const isRemoved = user.status === "ACTIVE" && wanted === "DISABLED";
    if (isRemoved) status = "DISABLED";
    const isAsked = user.status !== "ACTIVE" && wanted === "ACTIVE";
    const isRaised =
      user.status === "LIMITED" &&
      trafficLimitBytes !== undefined &&
      (trafficLimitBytes > user.trafficLimitBytes || trafficLimitBytes === 0);
    const expiresAt = expireAt?.getTime() ?? user.expireAt;
    const isProlonged =
      user.status === "EXPIRED" &&
      wanted === undefined &&
      expiresAt !== user.expireAt &&
      expiresAt > this.#parts.now();
    if (isAsked || isRaised || isProlonged) {
      status = "ACTIVE";
      isAdded = true;
    }
    return { status, isAdded, isRemoved };
  }

  #known(keys: readonly UserKey[]): User[] {
    return keys.flatMap((key) => this.#parts.users.find(key) ?? []);
  }

  /** The database knows no squad of another uuid, and each member once. */
  #requireSquads(squads: readonly string[], code: ErrorCode): void {
    const isKnown = squads.every((uuid) => this.#parts.squads.find(uuid) !== undefined);
    if (!isKnown || new Set(squads).size < squads.length) throw new CodedRefusal(code);
  }

  #tell(event: UserEvent, user: User): User {
    this.#parts.announce(event, user);
    return user;
  }
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((item) => other.includes(item));

interface Numbers {
  readonly trafficLimitBytes?: number | undefined;
  readonly telegramId?: number | null | undefined;
  readonly hwidDeviceLimit?: number | null | undefined;
}

/** A fraction, or more than the column holds, is an error of the server. */
function requireStorable(given: Numbers, code: ErrorCode): void {
  const bigInts = [given.trafficLimitBytes, given.telegramId].filter((value) => value != null);
  const isStorable = bigInts.every((value) => {
    return Number.isInteger(value) && BigInt(value) <= maxBigInt;
  });
  if (!isStorable || (given.hwidDeviceLimit ?? 0) > maxInt) throw new CodedRefusal(code);
}

function newUser(given: Creation, id: number): Omit<User, "shortUuid" | "createdAt" | "updatedAt"> {
  return {
    id,
    uuid: given.uuid ?? randomUUID(),
    username: given.username,
    status: given.status ?? "ACTIVE",
    trafficLimitBytes: given.trafficLimitBytes ?? 0,
    trafficLimitStrategy: given.trafficLimitStrategy ?? "NO_RESET",
    expireAt: given.expireAt.getTime(),
    telegramId: given.telegramId ?? null,
    email: given.email ?? null,
    description: given.description ?? null,
    tag: given.tag ?? null,
    hwidDeviceLimit: given.hwidDeviceLimit ?? null,
    externalSquadUuid: given.externalSquadUuid ?? null,
    trojanPassword: given.trojanPassword ?? drawPassword(),
    vlessUuid: given.vlessUuid ?? randomUUID(),
    ssPassword: given.ssPassword ?? drawPassword(),
    lastTriggeredThreshold: 0,
    subRevokedAt: null,
    lastTrafficResetAt: given.lastTrafficResetAt?.getTime() ?? null,
    squads: given.activeInternalSquads ?? [],
    used: 0,
    lifetime: 0,
    onlineAt: null,
    firstConnectedAt: null,
    lastConnectedNodeUuid: null,
  };
}

/** The fields of a PATCH that are stored as they are; what is undefined is left alone. */
function changesOf(given: Update): Partial<User> {
  const { trafficLimitBytes, trafficLimitStrategy, expireAt, description, tag } = given;
  const { telegramId, email, hwidDeviceLimit, externalSquadUuid } = given;
  const changes = {
    trafficLimitBytes,
    trafficLimitStrategy,
    expireAt: expireAt?.getTime(),
    description,
    tag,
    telegramId,
    email,
    hwidDeviceLimit,
    externalSquadUuid,
    ...(trafficLimitBytes === undefined ? {} : { lastTriggeredThreshold: 0 }),
  };
  const present = Object.entries(changes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Partial<User>;
}
