import { randomUUID } from "node:crypto";
import { DurableClient } from "../../client/durable.ts";
import { changeHost } from "../../client/hosts.ts";
import { changeShop } from "../../client/operations.ts";
import type { HostChange } from "../../domain/access/host-change.ts";
import type { LocationCode } from "../../domain/access/location.ts";
import type { LocationField } from "../../domain/access/location-change.ts";
import { hostId } from "../../domain/ids.ts";
import { operator, type ShopChange } from "../../domain/operations/shop-change.ts";
import type { TestApp } from "./test-app.ts";

/** How a location differs from one that is offered to everybody. */
export interface LocationOptions {
  readonly flag?: string;
  readonly name?: string;
  /** What is changed once it is there, as an owner writes it. */
  readonly fields?: Readonly<Partial<Record<LocationField, string>>>;
  /** Hosts that are put there. */
  readonly hosts?: readonly string[];
}

/** Adds a location as an operator does; one that is there already stays. */
export async function addLocation(
  app: TestApp,
  code: string,
  { flag = "🏳️", name = code, fields = {}, hosts = [] }: LocationOptions = {},
): Promise<void> {
  await changeAsOperator(app, { kind: "newLocation", code, flag, name });
  const location = code as LocationCode;
  for (const [field, value] of Object.entries(fields)) {
    await changeAsOperator(app, {
      kind: "location",
      code: location,
      field: field as LocationField,
      value,
    });
  }
  await putHosts(app, hosts, location);
}

/** Removes a location, and takes these hosts out of it before. */
export async function removeLocation(
  app: TestApp,
  code: string,
  hosts: readonly string[] = [],
): Promise<void> {
  await putHosts(app, hosts, null);
  await changeAsOperator(app, { kind: "removeLocation", code: code as LocationCode });
}

async function putHosts(
  app: TestApp,
  hosts: readonly string[],
  location: LocationCode | null,
): Promise<void> {
  for (const id of hosts) await editHost(app, { kind: "edit", hostId: hostId(id), location });
}

/** Changes the shop as an operator does. */
export const changeAsOperator = (app: TestApp, change: ShopChange) =>
  changeShop(new DurableClient(app.client), { requestId: randomUUID(), by: operator, change });

/** Changes a host as an operator does. */
export const editHost = (app: TestApp, change: HostChange) =>
  changeHost(new DurableClient(app.client), { requestId: randomUUID(), by: operator, change });
