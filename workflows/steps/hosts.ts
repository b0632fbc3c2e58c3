import type { HostChangeRequest, HostChangeResult } from "../../domain/access/host-change.ts";
import type { Instant } from "../../domain/time.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

/** The steps of changes of hosts. */
export interface HostChangeSteps {
  /** Books a change of a host with its audit row, once per request. */
  recordHostChange(request: HostChangeRequest, now: Instant): Promise<HostChangeResult>;
}

/** The summaries of the steps above. */
export const summaries: Summaries<HostChangeSteps> = {
  recordHostChange: "books the change of the host and its audit row",
};

/** The steps above, by how they are retried: see `proxySteps`. */
export const { localDb } = proxySteps<HostChangeSteps>(summaries);
