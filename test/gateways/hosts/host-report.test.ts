import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HostReport } from "../../../domain/access/host-report.ts";
import { generateKeyPair } from "../../../gateways/hosts/amneziawg/keys.ts";
import { violations, warnings } from "../../../gateways/hosts/amneziawg/parameters.ts";
import { ownedInterface } from "../../../gateways/hosts/amneziawg/owned-interface.ts";
import type { AmneziaWgSettings } from "../../../gateways/hosts/amneziawg/settings.ts";
import { testHost } from "../../../gateways/hosts/test-host.ts";
import { freePort, freeUdpPort } from "../../../tools/servers/ports.ts";
import { amneziaWgHostSettings } from "./host-settings.ts";
import { type Machines, startMachines } from "./namespaces.ts";
import { missing, needsNamespaces } from "./requirements.ts";
import { hasOpenSsh, type SshServer, startSshServer } from "./ssh-server.ts";

const skip = missing(...needsNamespaces);

const troublesOf = ({ findings }: HostReport) => findings.map(({ trouble }) => trouble);

describe.skipIf(skip !== "")(`a test of an AmneziaWG host ${skip}`, () => {
  let machines: Machines;
  let folder: string;
  let settings: AmneziaWgSettings;
  let listenPort: number;
  let listener: Socket;
  let via: Extract<AmneziaWgSettings["via"], { type: "cli" }>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tollgate-report-"));
    machines = await startMachines();
    const { server } = machines;
    const enter = ["ip", "netns", "exec", server.namespace];
    via = { type: "cli", tool: "wg", interface: server.interface, enter };
    // The interface is in another namespace: whoever looks from here meets this one.
    listener = createSocket("udp4").bind(0, "127.0.0.1");
    await once(listener, "listening");
    listenPort = listener.address().port;
    settings = amneziaWgHostSettings({ via, endpoint: `127.0.0.1:${listenPort}` });
    const { privateKey } = generateKeyPair();
    const lines = ownedInterface({ ...settings, owned: { privateKey, listenPort } });
    await server.configure(lines, "10.8.0.1/24 in 10.8.0.0/24");
  });
  afterAll(async () => {
    listener.close();
    await machines?.close();
    rmSync(folder, { recursive: true });
  });

  /** A program of this script, to stand before or for another one. */
  function program(name: string, script: string): string {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }
  const reach = (changes: Partial<typeof via>) => ({ ...settings, via: { ...via, ...changes } });

  test("one that is right has no finding", async () => {
    const report = await testHost(settings);
    expect(report).toEqual({
      kind: "amneziawg",
      endpoint: settings.endpoint,
      isUsable: true,
      findings: [],
    });
  });

  test("an interface that is not there: the module and the tun device that it lacks are named, too", async () => {
    const hasModule = existsSync("/sys/module/amneziawg");
    const absent = await testHost(reach({ interface: "none0" }));
    expect(absent.isUsable).toBe(false);
    expect(troublesOf(absent)).toEqual(["interface", ...(hasModule ? [] : ["module"])]);
    const hide = program("no-tun", 'mount -t tmpfs none /dev/net && exec "$@"');
    const enter = ["unshare", "-m", hide, ...via.enter];
    const withoutTun = await testHost(reach({ interface: "none0", enter }));
    expect(troublesOf(withoutTun)).toEqual(["interface", ...(hasModule ? [] : ["module", "tun"])]);
  });

  test("a tool that is not installed, has no rights, or is of another generation than the module", async () => {
    const noTool = await testHost(reach({ tool: "no-such-tool" }));
    expect(troublesOf(noTool)).toEqual(["tool"]);
    const enter = ["setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all"];
    const asNobody = [...via.enter, ...enter, "--bounding-set=-all"];
    expect(troublesOf(await testHost(reach({ enter: asNobody })))).toEqual(["rights"]);
    const old = program(
      "old-awg",
      'echo "netlink: attribute type 14 has an invalid length." >&2; exit 1',
    );
    expect(troublesOf(await testHost(reach({ tool: old })))).toEqual(["generation"]);
  });

  test("a clock that is more than half a minute apart", async () => {
    const late = program("date", "expr $(/bin/date +%s) - 45");
    const enter = [...via.enter, "env", `PATH=${folder}:/usr/sbin:/usr/bin:/sbin:/bin`];
    const { findings, isUsable } = await testHost(reach({ enter }));
    rmSync(late);
    const details = expect.stringMatching(/clock is 4\d s behind ours/u);
    expect({ findings, isUsable }).toEqual({
      isUsable: true,
      findings: [{ trouble: "clock", details }],
    });
  });

  test("an interface of another key, or of another UDP port than customers are sent to", async () => {
    const { publicKey } = generateKeyPair();
    const other = await testHost({ ...settings, publicKey });
    expect([other.isUsable, ...troublesOf(other)]).toEqual([false, "hostKey"]);
    const port = await freeUdpPort();
    const closed = await testHost({ ...settings, endpoint: `127.0.0.1:${port}` });
    expect(closed.findings).toEqual([
      { trouble: "udp", details: expect.stringMatching(/the interface listens on UDP port \d+/u) },
      { trouble: "udp", details: `nobody listens on UDP port ${port} of 127.0.0.1` },
    ]);
    const unknown = { ...settings, endpoint: `no-such-host.invalid:${listenPort}` };
    expect(troublesOf(await testHost(unknown))).toEqual(["dns"]);
  });

  test("parameters that are not the interface's, or lose packets", async () => {
    const { socket } = machines.server;
    const ofDaemon = { ...settings, via: { type: "uapi" as const, socket } };
    expect((await testHost(ofDaemon)).findings).toEqual([]);
    const { parameters } = settings;
    // Another S1 that loses nothing by itself.
    const s1 = [1, 2, 3]
      .map((more) => parameters.s1 + more)
      .find((size) => {
        const drawn = { ...parameters, s1: size };
        return [...violations(drawn), ...warnings(drawn)].length === 0;
      });
    const others = { ...parameters, s1: s1!, h4: { low: 7, high: 9 } };
    expect((await testHost({ ...ofDaemon, parameters: others })).findings).toEqual([
      {
        trouble: "parameters",
        details: expect.stringMatching(/^S1 is \d+ on the interface and \d+ in the settings/u),
      },
      { trouble: "parameters", details: expect.stringMatching(/^H4 is .* 7-9 in the settings/u) },
    ]);
    // As long as a data packet: S1 - S4 = 12 modulo 16, with a range of headers.
    const losing = { ...parameters, s1: parameters.s4 + 12 };
    const lost = await testHost({ ...settings, parameters: losing });
    expect(lost.findings).toContainEqual({
      trouble: "parameters",
      details: expect.stringMatching(/look like handshakes: .* % of them are lost/u),
    });
  });

  test("a daemon that is not there, or whose socket is closed to us", async () => {
    const socket = join(folder, "awg.sock");
    const gone = await testHost({ ...settings, via: { type: "uapi", socket } });
    expect([gone.isUsable, ...troublesOf(gone)]).toEqual([false, "interface"]);
  });

  describe.skipIf(!hasOpenSsh())("over SSH", () => {
    let sshd: SshServer;
    beforeAll(async () => {
      sshd = await startSshServer();
    });
    afterAll(() => sshd.close());
    const over = (changes: object): AmneziaWgSettings => {
      const { port, identityFile, knownHostsFile } = sshd;
      const remote = { host: "127.0.0.1", port, user: "root", identityFile, knownHostsFile };
      return { ...settings, via: { ...via, type: "ssh", ...remote, ...changes } };
    };

    test("name, port, the server's key and the account's are told apart", async () => {
      expect((await testHost(over({}))).isUsable).toBe(true);
      const tries = [
        over({ host: "no-such-host.invalid" }),
        over({ port: await freePort() }),
        over({ knownHostsFile: "/dev/null" }),
        over({ user: "nobody" }),
        over({ identityFile: join(folder, "no-key") }),
      ];
      const reports = await Promise.all(tries.map((one) => testHost(one)));
      expect(reports.map(troublesOf)).toEqual([
        ["dns"],
        ["port"],
        ["serverKey"],
        ["credentials"],
        ["credentials"],
      ]);
    });
  });
});
