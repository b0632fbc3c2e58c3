import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConf } from "../../../emulators/vpn-client/conf.ts";
import {
  install,
  type Installation,
  type Installed,
  InstallFailure,
} from "../../../gateways/hosts/amneziawg/install/installer.ts";
import { type Remote, SshRemote } from "../../../gateways/hosts/amneziawg/install/remote.ts";
import { toolOf } from "../../../gateways/hosts/amneziawg/install/server-plan.ts";
import type { Entry } from "../../../gateways/hosts/amneziawg/uapi.ts";
import { connectHost, hostSettings } from "../../../gateways/hosts/registry.ts";
import { testHost } from "../../../gateways/hosts/test-host.ts";
import { anAccess, keyOf, network6 } from "./accesses.ts";
import { applyAll } from "./answers.ts";
import { type BareServer, startBareServer } from "./bare-server.ts";
import { addressAt } from "../../../domain/access/address-pool.ts";
import { installation, plan } from "./installation.ts";
import { eventually } from "./namespaces.ts";
import { missing, needsNamespaces } from "./requirements.ts";
import { hasOpenSsh } from "./ssh-server.ts";

const skip =
  missing(...needsNamespaces, "nft", "perl", "nsenter") ||
  (hasOpenSsh() ? "" : "there is no OpenSSH server");

const ignore = (): void => undefined;

const settingsOf = (server: BareServer, { plan: kept, variant, publicKey }: Installed) =>
  hostSettings.parse({
    kind: "amneziawg",
    via: { type: "ssh", ...server.place, tool: toolOf(variant), interface: kept.interface },
    publicKey,
    endpoint: `${server.address}:${kept.listenPort}`,
    endpointPorts: kept.endpointPorts,
    network: kept.network,
    network6: kept.network6,
    serverAddress: "10.8.0.1",
    dns: ["1.1.1.1"],
    mtu: kept.mtu,
    allowedIps: ["0.0.0.0/0", "::/0"],
    parameters: kept.parameters,
  });

describe.skipIf(skip !== "")(`the installer on a bare server ${skip}`, () => {
  let server: BareServer;
  let printed: string[];
  let first: Installed;
  const all: string[] = [];
  /** Keeps whatever the server has said. */
  const listening = (remote: Remote): Remote => ({
    run: async (lines, input) => {
      const result = await remote.run(lines, input);
      all.push(...lines, result.output, result.errors);
      return result;
    },
  });
  const run = async (more: Partial<Installation> = {}): Promise<Installed> => {
    printed = [];
    const tell = (line: string) => void printed.push(line);
    const done = await install(
      listening(new SshRemote(server.place)),
      await installation(more),
      tell,
    );
    all.push(...printed);
    return done;
  };
  beforeAll(async () => {
    server = await startBareServer();
    server.sh("touch /run/no-mirror");
    await expect(run()).rejects.toThrow(/packages could not be done .*the mirror is away/u);
    server.sh("rm /run/no-mirror");
    first = await run();
  });
  afterAll(() => server?.close());

  test("it goes on where it was cut off, with the parameters of the first run", () => {
    expect(printed.slice(0, 4).every((line) => line.endsWith("it is so already"))).toBe(true);
    expect(first.done[0]).toBe("packages");
    const kept = JSON.parse(server.sh("cat /etc/tollgate/awg0/settings.json")) as object;
    expect(first.plan).toEqual(kept);
  });

  test("the server can be used, with nothing wrong", async () => {
    const report = await testHost(settingsOf(server, first));
    // The rules pass the ports on for those who come from outside, as this test does not.
    const findings = report.findings.filter(({ trouble }) => trouble !== "udp");
    expect([report.isUsable, findings]).toEqual([true, []]);
  });

  test("a customer reaches the Internet by both families, from the server's own addresses", async () => {
    const host = connectHost(settingsOf(server, first));
    const phone = { ...anAccess(0), address6: addressAt(network6, 0) };
    await applyAll(host, phone);
    const { conf } = await keyOf(host, phone);
    const { endpoint, interfaceLines, peerLines } = readConf(conf);
    expect(endpoint.port).toBeGreaterThanOrEqual(20_000);
    const lines = [...interfaceLines, "replace_peers=true", ...peerLines];
    const entries = [...lines, `endpoint=${endpoint.host}:${endpoint.port}`].map((line): Entry => {
      const [key = "", ...value] = line.split("=");
      return [key, value.join("=")];
    });
    const { client, site, outside } = server;
    await client.configure(entries, `${phone.address}/32 in ${site.v4}/32`);
    await client.configure([], `${phone.address6}/128 in ${site.v6}/128`);
    const get = (url: string): string => {
      const page = `fetch("${url}", { signal: AbortSignal.timeout(2000) })`;
      const all = `${page}.then(r => r.text()).then(t => process.stdout.write(t), () => {})`;
      return client.run(process.execPath, "-e", all);
    };
    await eventually(() => get(`http://${site.v4}/`).endsWith(outside.v4));
    await eventually(() => get(`http://[${site.v6}]/`) === outside.v6);
  });

  const state = () =>
    server.sh(`find /etc /usr/local/lib -type f -newermt 1970-01-02 -printf '%p %T@ %m\\n' | sort
      cat /sys/class/net/awg0/ifindex; wg show awg0 peers; nft list table inet tollgate_awg0`);

  test("a second run changes nothing, and nobody is cut off", async () => {
    const before = state();
    expect(before).toMatch(/masquerade/u);
    const again = await run();
    expect(again).toEqual({ ...first, done: [] });
    expect(state()).toBe(before);
    expect((await run({ variant: "auto", program: undefined })).done).toEqual([]);
  });

  test("what was changed by hand is put back, and the daemon comes back with its key", async () => {
    server.sh(
      "echo x >>/etc/tollgate/awg0/rules.nft; kill -9 $(cat /run/main.pid); rm /run/main.pid",
    );
    const again = await run();
    expect(again.done).toEqual(["rules", "interface"]);
    expect(again.publicKey).toBe(first.publicKey);
  });

  test.skipIf(missing("systemd-analyze") !== "")(
    "systemd finds nothing wrong with its unit",
    () => {
      const unit = "/etc/systemd/system/tollgate-awg0.service";
      expect(server.sh(`systemd-analyze verify ${unit} 2>&1 && echo right`).trim()).toBe("right");
    },
  );

  test("its rules are loaded again by themselves, and leave those of others alone", async () => {
    server.sh("nft add table inet other; nft add chain inet other c; /etc/tollgate/awg0/up");
    const tables = server.sh("nft list tables").trim().split("\n");
    expect(tables.toSorted()).toEqual(["table inet other", "table inet tollgate_awg0"]);
    server.sh("/etc/tollgate/awg0/down");
    expect(server.sh("nft list tables").trim()).toBe("table inet other");
    expect((await run()).done).toEqual(["interface"]);
  });

  test("another choice than the first is refused, and what was not asked for stays", async () => {
    const other = { ...plan(), network: "10.99.0.0/24", network6: undefined, listenPort: 443 };
    await expect(run({ plan: other, asked: ["network"] })).rejects.toThrow(
      /settings.json on the server has network "10.8.0.0\/24", and "10.99.0.0\/24" is asked for/u,
    );
    const asked = ["network6"] as const;
    await expect(run({ plan: other, asked })).rejects.toBeInstanceOf(InstallFailure);
    expect(await run({ plan: other })).toEqual({ ...first, done: [] });
  });

  test("an active ufw lets the port in, once", async () => {
    server.sh('echo "Status: active" >/run/ufw');
    expect((await run()).done).toEqual(["ufw"]);
    expect(server.sh("cat /run/ufw")).toContain("51820/udp");
    expect((await run()).done).toEqual([]);
  });

  test("no private key was ever shown, and files are for root alone", () => {
    const key = server.sh("cat /etc/tollgate/awg0/private.key").trim();
    const hex = Buffer.from(key, "base64").toString("hex");
    expect(key).toHaveLength(44);
    expect(all.filter((text) => text.includes(key) || text.includes(hex))).toEqual([]);
    const modes = server.sh("stat -c '%a %n' /etc/tollgate/awg0 /etc/tollgate/awg0/*");
    expect(modes).toContain("600 /etc/tollgate/awg0/private.key");
    expect(
      modes
        .trim()
        .split("\n")
        .filter((line) => !/^[67]00 /u.test(line)),
    ).toEqual([]);
  });
});

describe.skipIf(skip !== "")(`other servers ${skip}`, () => {
  test("where the module cannot be had, amneziawg-go carries the packets, if it is given", async () => {
    const server = await startBareServer("ubuntu 24.04");
    try {
      const remote = new SshRemote(server.place);
      const auto = await installation({ variant: "auto" });
      await expect(install(remote, { ...auto, program: undefined }, ignore)).rejects.toThrow(
        /module could not be done [^]*not found[^]*--program FILE/u,
      );
      const { variant, done } = await install(remote, auto, ignore);
      expect(variant).toBe("userspace");
      expect(done).toContain("program");
      const calls = server.sh("cat /run/calls");
      expect(calls).toMatch(/apt-get install -y -q linux-headers-\S+ amneziawg nftables/u);
      expect(server.sh("cat /etc/apt/sources.list.d/amnezia.list")).toMatch(/ubuntu x main$/mu);
    } finally {
      await server.close();
    }
  });

  test("a run that is cut off anywhere, also when only its answer is lost, goes on from there", async () => {
    const server = await startBareServer("debian 13");
    try {
      const real = new SshRemote(server.place);
      const cutAfter = (calls: number): Remote => ({
        run: async (lines, input) => {
          const isLast = (calls -= 1) === 0;
          const isLost = isLast && lines.length > 1;
          const result = isLast && !isLost ? undefined : await real.run(lines, input);
          if (result === undefined || isLast) throw new Error("the connection broke");
          return result;
        },
      });
      const parameters = new Set<string>();
      const messages = new Set<string>();
      let done: Installed | undefined;
      let cuts = 0;
      for (let calls = 3; done === undefined && calls < 200; calls += 4) {
        done = await install(cutAfter(calls), await installation(), ignore).catch(
          (error: Error) => {
            messages.add(error.message);
            return undefined;
          },
        );
        cuts += 1;
        const kept = server.sh("cat /etc/tollgate/awg0/settings.json 2>/dev/null || true");
        if (kept !== "") parameters.add(kept);
      }
      expect(cuts).toBeGreaterThan(5);
      expect([...messages]).toEqual(["the connection broke"]);
      expect(parameters.size).toBe(1);
      expect(server.sh("wg show awg0 public-key").trim()).toBe(done?.publicKey);
      expect((await testHost(settingsOf(server, done!))).isUsable).toBe(true);
    } finally {
      await server.close();
    }
  });

  test("a server of another system, or without IPv6, is left as it is, or gets IPv4 alone", async () => {
    const server = await startBareServer("fedora 42");
    try {
      const remote = new SshRemote(server.place);
      const wanted = await installation({ ipv6IfRouted: true });
      await expect(install(remote, wanted, ignore)).rejects.toThrow(/system could not be done/u);
      expect(server.sh("ls /etc/tollgate 2>/dev/null || echo none").trim()).toBe("none");
      server.sh("printf 'ID=debian\\nVERSION_ID=\"13\"\\n' >/etc/os-release");
      server.sh("ip -6 route del default");
      const { plan: kept } = await install(remote, wanted, ignore);
      expect(kept).not.toHaveProperty("network6");
      expect(server.sh("nft list table inet tollgate_awg0")).not.toContain("ip6");
    } finally {
      await server.close();
    }
  });
});
