import type { HostId } from "../../domain/ids.ts";
import type { VpnHost } from "../../gateways/hosts/port.ts";

/** Finds the adapter of a host. */
export interface HostDirectory {
  /** @throws Refused when the host does not exist (any more) or its settings are invalid. */
  get(id: HostId): Promise<VpnHost>;
  /** The stored settings may have changed: the next `get` reads them again. */
  forget(): void;
}
