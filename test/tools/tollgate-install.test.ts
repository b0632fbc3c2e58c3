import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readInstallArguments } from "../../deploy/command/install-arguments.ts";
import { amneziawgGo } from "../../tools/amneziawg/build.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { type BareServer, startBareServer } from "../gateways/hosts/bare-server.ts";
import { missing, needsNamespaces } from "../gateways/hosts/requirements.ts";
import { hasOpenSsh } from "../gateways/hosts/ssh-server.ts";
import { runScript } from "./run-script.ts";

/** Each command is a process, and they come one after the other. */
vi.setConfig({ testTimeout: 180_000 });

const skip =
  missing(...needsNamespaces, "nft", "perl", "nsenter") ||
  (hasOpenSsh() ? "" : "there is no OpenSSH server");

describe.skipIf(skip !== "")(`hosts install ${skip}`, () => {
  const app = useTestApp({ storedHosts: true });
  let server: BareServer;
  let folder: string;
  beforeAll(async () => {
    server = await startBareServer();
    folder = mkdtempSync(join(tmpdir(), "tollgate-install-"));
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const install = async (...more: readonly string[]) => {
    const { place } = server;
    const files = ["--identity", place.identityFile, "--known-hosts", place.knownHostsFile];
    const to = [`root@${place.host}`, ...files, "--endpoint", "vpn.example"];
    const program = ["--program", await amneziawgGo(), "--with", "userspace"];
    return runScript(app, "tools/tollgate.ts", [
      "hosts",
      "install",
      "Oslo",
      ...to,
      ...program,
      ...more,
    ]);
  };

  test("a bare server becomes a host that serves a customer, and the command may be repeated", async () => {
    const dry = await install("--dry-run");
    expect(dry.code).toBe(0);
    expect(dry.text).toMatch(/^# not tried on a real server by us: .*kernel's module/mu);
    expect(server.sh("ls /etc/tollgate 2>/dev/null || echo nothing").trim()).toBe("nothing");
    const installed = await install("--capacity", "7");
    expect(installed.text).toMatch(
      /^the server is set up$[^]*^Oslo is added[^]*^Oslo \(amneziawg/mu,
    );
    await runScript(app, "tools/tollgate.ts", ["hosts", "drain", "one"]);
    const bob = await app.customer();
    const [conf = ""] = await bob.listKeys();
    expect(conf).toMatch(/^Endpoint = vpn\.example:51820$/mu);
    expect(conf).toMatch(/^Address = 10\.8\.0\.2\/32, fd[0-9a-f:]+::2\/128$/mu);
    expect(server.sh("wg show awg0 allowed-ips")).toMatch(
      /\t10\.8\.0\.2\/32 fd[0-9a-f:]+::2\/128$/mu,
    );
    const again = await install("--capacity", "7");
    expect(again.text).toMatch(/^nothing had to be changed$[^]*^Oslo: it is so already/mu);
    expect(server.sh("wg show awg0 peers").trim().split("\n")).toHaveLength(1);
    const other = await install("--network", "10.77.0.0/24");
    expect(other).toMatchObject({ code: 1, text: expect.stringMatching(/keys depend on it/u) });
    const key = server.sh("cat /etc/tollgate/awg0/private.key").trim();
    const texts = [dry, installed, again, other].map(({ text }) => text).join("\n");
    expect(texts).not.toContain(key);
  });

  test("with --settings it writes what hosts add takes, with the worker's files, and adds nothing", async () => {
    const file = join(folder, "oslo.json");
    const worker = ["--worker-identity", "/run/secrets/hosts_ssh_key"];
    expect(await install("--settings", file, ...worker)).toMatchObject({ code: 0 });
    const settings = JSON.parse(readFileSync(file, "utf8")) as { via: object };
    expect(settings.via).toMatchObject({
      identityFile: "/run/secrets/hosts_ssh_key",
      knownHostsFile: server.place.knownHostsFile,
      tool: "wg",
      enter: [],
    });
  });
});

const files = ["--identity", "k", "--known-hosts", "h"];

test.each([
  ["nothing", [], "needs a NAME and USER@SERVER"],
  ["no file of SSH", ["A", "root@a"], "--identity is needed"],
  ["no account", ["A", "a", ...files], "server looks like root@ams.vpn.example"],
  ["an option as the server", ["A", "root@-oProxyCommand=x", ...files], "server looks like"],
  ["a shell in the server", ["A", "root@a;reboot", ...files], "server looks like"],
  ["a shell in the interface", ["A", "root@a", ...files, "--interface", "x;y"], "small letters"],
  ["a range that is turned round", ["A", "root@a", ...files, "--udp-ports", "9-2"], "a range"],
  [
    "a network with host bits",
    ["A", "root@a", ...files, "--network", "10.8.0.1/24"],
    "10.8.0.0/20",
  ],
  ["a shell in a network", ["A", "root@a", ...files, "--network6", "fd00::/64;x"], "fd0c:"],
  ["another way", ["A", "root@a", ...files, "--with", "magic"], "auto, module or userspace"],
  ["an unknown option", ["A", "root@a", ...files, "--yes"], "Unknown option"],
])("refused in words: %s", (_what, words, reason) => {
  expect(readInstallArguments(words)).toMatchObject({ problem: expect.stringContaining(reason) });
});
