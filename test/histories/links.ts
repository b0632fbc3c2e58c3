import { requestByLink } from "../../client/access.ts";
import { DurableClient } from "../../client/durable.ts";
import { deviceId } from "../../domain/ids.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { TestApp } from "../drivers/test-app.ts";

/** What a fetch of a link changes: a phone is counted, a source and a file are not there. */
export async function recordLinks(
  app: TestApp,
  keep: (workflowId: string, name: string) => Promise<void>,
): Promise<void> {
  await app.customer();
  const [device] = await app.rows<{ id: string }>("select id from devices limit 1");
  const [access] = await app.rows<{ id: string }>("select id from accesses limit 1");
  const client = new DurableClient(app.client);
  const id = device!.id;
  await requestByLink(client, { kind: "hwid", deviceId: deviceId(id), hash: "h", name: "iPhone" });
  await keep(workflowIds.linkRequest(`hwid/${id}/h`), "linkRequest.hwid");
  await requestByLink(client, { kind: "source", accessId: access!.id });
  await keep(workflowIds.linkRequest(`source/${access!.id}`), "linkRequest.source");
  await requestByLink(client, { kind: "file", tokenHash: "t", requestId: "recorded" });
  await keep(workflowIds.linkRequest("file/recorded"), "linkRequest.file");
}
