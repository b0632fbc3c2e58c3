import {
  countHwid,
  findFileAccess,
  findLinkedAccess,
  isUsedBy,
  keepLinkSource,
  type LinkedAccess,
  useFileLink,
} from "../../db/access/links.ts";
import { type EntityManager, inTransaction, queriesOf } from "../../db/orm.ts";
import type { ShopSettingsReader } from "../../db/queries/operations/shop-settings.ts";
import type { Vault } from "../../db/vault.ts";
import type { Credentials } from "../../gateways/hosts/port.ts";
import type { LinkSteps } from "../../workflows/steps/access.ts";
import type { HostDirectory } from "./host-directory.ts";

/** What the steps of links read, write and ask. */
export interface LinkPorts {
  readonly em: EntityManager;
  readonly vault: Vault;
  readonly hosts: HostDirectory;
  readonly shop: Pick<ShopSettingsReader, "get">;
}

/** The activities of requests by links. */
export function createLinkActivities(ports: LinkPorts): LinkSteps {
  const { em, vault } = ports;
  return {
    async findLinkSource(accessId) {
      const access = await findLinkedAccess(queriesOf(em), vault, accessId);
      const credentials = access && (await askHost(ports, access));
      if (access === undefined || credentials?.kind !== "subscription") return "refused";
      const found = { ...access, source: credentials.source };
      const isKept = await inTransaction(em, (db) => keepLinkSource(db, vault, found));
      return isKept ? "done" : "refused";
    },

    async countHwid({ deviceId, hash, name }) {
      const isCounted = await inTransaction(em, (db) => countHwid(db, { deviceId, hash, name }));
      return isCounted ? "done" : "refused";
    },

    async giveFile({ tokenHash, requestId }, now) {
      if (await isUsedBy(queriesOf(em), { tokenHash, requestId })) return "done";
      const access = await findFileAccess(queriesOf(em), vault, { tokenHash, now });
      const credentials = access && (await askHost(ports, access));
      if (credentials?.kind !== "wireguard") return "refused";
      const { fileName, conf } = credentials;
      const use = { tokenHash, requestId, file: { fileName, conf } };
      const isUsed = await inTransaction(em, (db) => useFileLink(db, vault, use));
      return isUsed ? "done" : "refused";
    },
  };
}

/** The apps name the tunnel after the shop. */
async function askHost(
  { hosts, shop }: LinkPorts,
  { hostId, ...access }: LinkedAccess,
): Promise<Credentials> {
  const { name: label } = await shop.get();
  return (await hosts.get(hostId)).credentials({ ...access, label });
}
