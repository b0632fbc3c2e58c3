import { expect, test } from "vitest";
import { defaultSquad } from "../../emulators/remnawave/squads.ts";
import { inDays, startRemnawave } from "./remnawave-client.ts";

test("a 2xx does not mean that the node knows: it learns later", async () => {
  const { create, letIn, act, advance, node } = await startRemnawave({ nodeLagMs: 2_000 });
  const { id } = await create("ann");
  expect(await letIn()).toEqual([]);
  expect((await node()).on_its_way).toHaveLength(1);
  await advance(2);
  expect(await letIn()).toEqual(["ann"]);
  expect((await act(id, "disable")).result.status).toBe("DISABLED");
  expect(await letIn()).toEqual(["ann"]);
  await advance(2);
  expect(await letIn()).toEqual([]);
});

test("the trap: disabled together with other squads stays on the node until it restarts", async () => {
  const { create, patch, letIn, advance, control } = await startRemnawave();
  const { uuid } = await control<{ uuid: string }>("squads", { name: "Second" });
  const { id } = await create("ann");
  await advance(2);
  const fields = { id, status: "DISABLED", activeInternalSquads: [uuid] };
  expect((await patch(fields)).result.status).toBe("DISABLED");
  await advance(3_600);
  expect(await letIn()).toEqual(["ann"]);
  await control("node/restart", {});
  await advance(2);
  expect(await letIn()).toEqual([]);
});

test.each([
  [{ status: "DISABLED" }],
  [{ status: "DISABLED", activeInternalSquads: [defaultSquad] }],
  [{ status: "DISABLED", activeInternalSquads: [] }],
  [{ activeInternalSquads: [] }],
])("without the trap the node lets nobody in any more: %j", async (fields) => {
  const { create, patch, letIn, advance } = await startRemnawave();
  const { id } = await create("ann");
  await advance(2);
  await patch({ id, ...fields });
  await advance(2);
  expect(await letIn()).toEqual([]);
});

test("the node follows what the panel changes: squads, reviews, revival, deletion", async () => {
  const { create, patch, api, letIn, node, advance, control, traffic } = await startRemnawave();
  const squad = { name: "Second", inbounds: ["trojan", "shadowsocks"] };
  const { uuid } = await control<{ uuid: string }>("squads", squad);
  const { id } = await create("ann", { trafficLimitBytes: 100 });
  await patch({ id, activeInternalSquads: [uuid] });
  await advance(2);
  expect((await node()).lets_in).toMatchObject([{ tags: ["Second-trojan", "Second-shadowsocks"] }]);
  await traffic("ann", 100);
  await advance(60);
  expect(await letIn()).toEqual([]);
  await patch({ id, trafficLimitBytes: 1_000 });
  await advance(2);
  expect(await letIn()).toEqual(["ann"]);
  await api("DELETE", `/users/${id}`);
  await advance(2);
  expect(await letIn()).toEqual([]);
});

test("a squad without inbounds tells the node nothing: who was let in still is", async () => {
  const { create, patch, letIn, advance, control } = await startRemnawave();
  const { uuid } = await control<{ uuid: string }>("squads", { name: "Empty", inbounds: [] });
  const { id } = await create("ann");
  await advance(2);
  await patch({ id, activeInternalSquads: [uuid] });
  await advance(2);
  expect(await letIn()).toEqual(["ann"]);
  await control("node/restart", {});
  await advance(2);
  expect(await letIn()).toEqual([]);
});

test("a revocation changes keys and link at once, and the node's a little later", async () => {
  const { create, act, node, advance, subscription } = await startRemnawave();
  const before = await create("ann");
  await advance(2);
  const { result: after } = await act(before.id, "revoke", {});
  expect(after.vlessUuid).not.toBe(before.vlessUuid);
  expect(after.shortUuid).not.toBe(before.shortUuid);
  expect((await subscription(before.shortUuid)).status).toBe(404);
  expect((await subscription(after.shortUuid)).status).toBe(200);
  expect((await node()).lets_in).toMatchObject([{ vlessUuid: before.vlessUuid }]);
  await advance(2);
  expect((await node()).lets_in).toMatchObject([{ vlessUuid: after.vlessUuid }]);
  const { result: kept } = await act(before.id, "revoke", { revokeOnlyPasswords: true });
  expect(kept.shortUuid).toBe(after.shortUuid);
  const chosen = "chosen-by-us-0002";
  expect((await act(before.id, "revoke", { shortUuid: chosen })).result.shortUuid).toBe(chosen);
  expect((await act(before.id, "revoke", { shortUuid: "short" })).status).toBe(400);
});

test("a node that is away learns nothing, and everything when it is back", async () => {
  const { create, act, letIn, advance, control, api } = await startRemnawave();
  const { id } = await create("ann");
  await advance(2);
  await control("node", { connected: false }, "PUT");
  await act(id, "disable");
  await create("bob");
  await advance(60);
  expect(await letIn()).toEqual(["ann"]);
  expect((await api("GET", "/nodes")).result).toMatchObject([{ isConnected: false }]);
  await control("node", { connected: true }, "PUT");
  await advance(2);
  expect(await letIn()).toEqual(["bob"]);
});

test("ten thousand users that end at once restart the node", async () => {
  const { create, letIn, advance } = await startRemnawave({ restartNodesAt: 3 });
  for (const name of ["ann", "bob", "cid"]) await create(name, { expireAt: inDays(1) });
  await create("dan");
  await advance(86_400 + 60);
  expect(await letIn()).toEqual(["dan"]);
});

test("traffic is counted by the node, which says whether it lets them in", async () => {
  const { create, traffic, advance, find } = await startRemnawave();
  await create("ann");
  expect(await traffic("ann", 1)).toEqual({ let_in: false });
  await advance(15);
  expect(await traffic("ann", 2)).toEqual({ let_in: true });
  await advance(15);
  expect(await find("ann")).toMatchObject({ userTraffic: { usedTrafficBytes: 3 } });
  expect(await traffic("nobody", 1)).toEqual({ error: "there is no user nobody" });
});

test("a backup comes back with the ids and keys of its time", async () => {
  const { create, act, control, find, api, letIn, advance } = await startRemnawave();
  const ann = await create("ann");
  await control("snapshots", { name: "monday" });
  await act(ann.id, "disable");
  await create("bob");
  await advance(2);
  await control("restore", { name: "monday" });
  expect(await find("ann")).toEqual(ann);
  expect((await api("GET", "/users/by-username/bob")).status).toBe(404);
  await advance(2);
  expect(await letIn()).toEqual(["ann"]);
  expect((await create("cid")).id).toBe(ann.id + 1);
  expect(await control("restore", { name: "none" })).toHaveProperty("error");
});

test("an operator makes and deletes users by hand", async () => {
  const { create, control, api, letIn, advance } = await startRemnawave();
  await create("ann", { tag: "TOLLGATE" });
  const foreign = { username: "of_others", expireAt: inDays(9), tag: "SALES" };
  await control("users", { ...foreign, activeInternalSquads: [defaultSquad] });
  await advance(2);
  expect(await letIn()).toEqual(["ann", "of_others"]);
  const ours = await api<{ users: object[] }>("GET", "/users/stream?tag=TOLLGATE");
  expect(ours.result.users).toMatchObject([{ username: "ann" }]);
  await control("delete", { usernames: ["ann"] });
  await advance(2);
  expect(await letIn()).toEqual(["of_others"]);
  expect(await control("delete", { usernames: ["ann"] })).toHaveProperty("error");
});
