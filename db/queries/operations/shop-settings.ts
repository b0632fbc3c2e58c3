import {
  builtInValue,
  type SettingKey,
  settingKeys,
  type SettingValues,
  type ShopSettings,
  shopSettingsFrom,
  valueIn,
} from "../../../domain/operations/shop-settings.ts";
import { shopDefaultName } from "../../operations/shop-defaults.ts";
import { type EntityManager, queriesOf, type Queries } from "../../orm.ts";
import { anyOf } from "../../prepared.ts";

/** Where a value comes from: an admin, the environment, or nobody has set it. */
type SettingSource = "admin" | "environment" | "built in";

/** One setting as it is in force. */
export interface SettingInForce {
  readonly key: SettingKey;
  /** As it is stored. */
  readonly value: string;
  readonly source: SettingSource;
}

/**
 * The settings in force, read now. `own` is what this process knows from its environment; what an
 * admin has set goes before it, and what the worker knows after it.
 */
export async function loadShopSettings(
  db: Queries,
  own: SettingValues = {},
): Promise<ShopSettings> {
  const { byAdmins, published } = await loadValues(db);
  return shopSettingsFrom([byAdmins, own, published]);
}

/** Every setting as it is in force, in the order in which they are shown. */
export async function listSettings(
  db: Queries,
  own: SettingValues = {},
): Promise<SettingInForce[]> {
  const { byAdmins, published } = await loadValues(db);
  return settingKeys.map((key) => {
    const set = valueIn([byAdmins], key);
    if (set !== undefined) return { key, value: set, source: "admin" };
    const given = valueIn([own, published], key);
    return given === undefined
      ? { key, value: builtInValue(key), source: "built in" }
      : { key, value: given, source: "environment" };
  });
}

interface StoredValues {
  readonly byAdmins: SettingValues;
  readonly published: SettingValues;
}

async function loadValues(db: Queries): Promise<StoredValues> {
  const set = await db
    .selectFrom("shop_settings")
    .distinctOn("key")
    .select(["key", "value"])
    .orderBy("key")
    .orderBy("version", "desc")
    .execute();
  const byAdmins = set.filter((row): row is { key: string; value: string } => row.value !== null);
  const names = new Map(settingKeys.map((key) => [shopDefaultName(key), key]));
  const given = await db
    .selectFrom("settings")
    .select(["name", "value"])
    .where("name", "=", anyOf([...names.keys()]))
    .execute();
  return {
    byAdmins: Object.fromEntries(byAdmins.map(({ key, value }) => [key, value])),
    published: Object.fromEntries(given.map(({ name, value }) => [names.get(name), value])),
  };
}

/** How long a process goes on with what it has read: a change is seen everywhere after this. */
const freshMs = 2_000;

/**
 * The settings in force, read again when what is known is older than two seconds. While the
 * database is away the last known ones stay.
 */
export class ShopSettingsReader {
  readonly #em: EntityManager;
  readonly #own: SettingValues;
  #known: ShopSettings | undefined;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<ShopSettings> | undefined;
  /** How many changes this process knows of: a read that began before the last one is stale. */
  #changes = 0;
  #follow: (settings: ShopSettings) => void = () => undefined;

  constructor(em: EntityManager, own: SettingValues = {}) {
    this.#em = em;
    this.#own = own;
  }

  /** @throws what the database's driver throws while nothing was read yet. */
  get(): Promise<ShopSettings> {
    const isFresh = performance.now() - this.#readAtMs < freshMs;
    if (this.#known !== undefined && isFresh) return Promise.resolve(this.#known);
    if (this.#reading !== undefined) return this.#reading;
    const reading = this.#read().finally(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
    this.#reading = reading;
    return reading;
  }

  /** Each setting as it is in force now, and who has set it. */
  list(): Promise<SettingInForce[]> {
    return listSettings(queriesOf(this.#em), this.#own);
  }

  /** Makes the next `get` read: this process knows of a change. A read that runs does not count. */
  expire(): void {
    this.#changes += 1;
    this.#reading = undefined;
    this.#readAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Calls `follow` with the settings when they are read first, and when a read finds others. */
  follow(follow: (settings: ShopSettings) => void): void {
    this.#follow = follow;
  }

  async #read(): Promise<ShopSettings> {
    const before = this.#known;
    const changes = this.#changes;
    try {
      const read = await loadShopSettings(queriesOf(this.#em), this.#own);
      if (changes !== this.#changes) return read;
      this.#known = read;
      this.#readAtMs = performance.now();
      if (JSON.stringify(read) !== JSON.stringify(before)) this.#follow(read);
      return read;
    } catch (error) {
      if (before === undefined) throw error;
      return before;
    }
  }
}
