import { execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { missing } from "../gateways/hosts/requirements.ts";

const lacking = missing("root", "ip");
const tag = randomInt(10_000, 99_999);
const near = `tgn${tag}`;
const far = `tgf${tag}`;
const sh = (script: string): string =>
  execFileSync("/bin/sh", ["-ec", script], { encoding: "utf8" });
const port = 8_080;
const answer = `require("node:http").createServer((_q, r) => r.setHeader("content-type", "application/json")
  .end('{"ok":true,"result":{"items":[]}}')).listen(${port}, () => console.log("listening"))`;

let server: ReturnType<typeof spawn> | undefined;

/**
 * Two machines with a wire; the near one resolves slow.test to an address of each family, IPv6
 * without a route.
 */
beforeAll(async () => {
  if (lacking !== "") return;
  sh(`ip netns add ${near}; ip netns add ${far}
    ip link add vn${tag} netns ${near} type veth peer name vf${tag} netns ${far}
    ip -n ${near} addr add 192.0.2.2/30 dev vn${tag}; ip -n ${near} link set vn${tag} up
    ip -n ${far} link set vf${tag} up; ip -n ${near} link set lo up; ip -n ${far} link set lo up`);
  mkdirSync(`/etc/netns/${near}`, { recursive: true });
  writeFileSync(
    `/etc/netns/${near}/hosts`,
    "127.0.0.1 localhost\n192.0.2.1 slow.test\n2001:db8::1 slow.test\n",
  );
  server = spawn("ip", ["netns", "exec", far, process.execPath, "-e", answer]);
  await once(server.stdout!, "data");
});

afterAll(async () => {
  if (lacking !== "") return;
  const ended = server && once(server, "exit");
  server?.kill("SIGKILL");
  await ended;
  sh(`ip netns del ${near}; ip netns del ${far}`);
  rmSync(`/etc/netns/${near}`, { recursive: true });
});

/**
 * The far machine takes its address only after the first attempt;
 * the next one comes a second later.
 */
async function connect(how: string): Promise<string> {
  sh(`ip -n ${far} addr flush dev vf${tag}; ip -n ${near} neigh flush dev vn${tag}`);
  const program = fileURLToPath(new URL("slow-line-client.ts", import.meta.url));
  const words = ["netns", "exec", near, process.execPath, program, how, `http://slow.test:${port}`];
  const client = spawn("ip", words, { stdio: ["ignore", "pipe", "inherit"] });
  const said = client.stdout.setEncoding("utf8").toArray();
  const tried = () => sh(`ip -n ${near} neigh show dev vn${tag}`).includes("192.0.2.1");
  while (client.exitCode === null && !tried()) await delay(20);
  await delay(500);
  sh(`ip -n ${far} addr add 192.0.2.1/30 dev vf${tag}`);
  return (await said).join("");
}

test.skipIf(lacking !== "").for(["a gateway", "the chat", "a process", "telegraf in a process"])(
  "%s reaches a name over IPv4 that takes a second to connect, where there is no way for IPv6",
  async (how) => {
    expect(await connect(how)).toBe("reached");
  },
);

test.skipIf(lacking !== "")(
  "the line is slow enough for Node by itself to give it up",
  async () => {
    expect(await connect("Node by itself")).toMatch(/^failed: /u);
  },
);
