import type { HostId } from "../../domain/ids.ts";
import type { VpnHost } from "../../gateways/hosts/port.ts";

/** Finds the adapter of a host. Throws `Refused` when there is no such host (any more), or its settings are broken. */
export interface HostDirectory {
  get(id: HostId): Promise<VpnHost>;
}
