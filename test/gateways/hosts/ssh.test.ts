import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runOnHost } from "../../../gateways/hosts/amneziawg/command.ts";
import { SshRemote } from "../../../gateways/hosts/amneziawg/install/remote.ts";
import { quote } from "../../../gateways/hosts/amneziawg/install/shell.ts";
import { Refused } from "../../../gateways/refused.ts";
import { missing } from "./requirements.ts";
import { hasOpenSsh, type SshServer, startSshServer } from "./ssh-server.ts";

const skip = missing("root", "unshare") || (hasOpenSsh() ? "" : "there is no OpenSSH server");

describe.skipIf(skip !== "")(`commands over SSH ${skip}`, () => {
  let sshd: SshServer;
  let folder: string;
  beforeAll(async () => {
    sshd = await startSshServer();
    folder = mkdtempSync(join(tmpdir(), "tollgate-ssh test-"));
  });
  afterAll(async () => {
    await sshd.close();
    rmSync(folder, { recursive: true });
  });

  const placeAt = (port: number, more: object = {}) => ({
    type: "ssh" as const,
    host: "127.0.0.1",
    user: "root",
    identityFile: sshd.identityFile,
    knownHostsFile: sshd.knownHostsFile,
    tool: "awg",
    interface: "awg0",
    enter: [],
    port,
    ...more,
  });

  /** Counts the connections that go through it to the server. */
  async function countingProxy() {
    let connections = 0;
    const proxy = createServer((near) => {
      connections += 1;
      const far = connect(sshd.port, "127.0.0.1");
      near.on("error", () => far.destroy()).pipe(far);
      far.on("error", () => near.destroy()).pipe(near);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => proxy.once("listening", resolve));
    const { port } = proxy.address() as AddressInfo;
    const known = readFileSync(sshd.knownHostsFile, "utf8");
    // A name with a blank is one name.
    const knownHostsFile = join(folder, "known hosts");
    writeFileSync(knownHostsFile, known.replace(`:${sshd.port} `, `:${port} `));
    return { place: placeAt(port, { knownHostsFile }), count: () => connections, proxy };
  }

  test("many commands, one after the other and side by side, share one connection", async () => {
    const { place, count, proxy } = await countingProxy();
    const echo = (word: string) =>
      runOnHost(place, { script: 'printf "%s" "$1"', words: [word], input: "" });
    expect(await echo("first")).toBe("first");
    for (let turn = 0; turn < 5; turn += 1) expect(await echo(`${turn}`)).toBe(`${turn}`);
    const words = ["a", "b", "c", "d", "e", "f"];
    expect(await Promise.all(words.map(echo))).toEqual(words);
    const remote = new SshRemote(place);
    expect((await remote.run(["echo installed"])).output).toBe("installed\n");
    expect(count()).toBe(1);
    proxy.close();
  });

  test.each([
    "$(touch %)",
    "`touch %`",
    "a;touch %",
    "a'b",
    "a b",
    "a\ntouch %",
    "|touch %",
    "~",
    "*",
  ])("a word that is special to a shell reaches none: %j", async (form) => {
    const trace = join(folder, "trace");
    const word = form.replace("%", trace);
    const place = placeAt(sshd.port);
    const asked = [
      runOnHost(place, { script: "true", words: [word], input: "" }),
      runOnHost({ ...place, enter: [word] }, { script: "true", words: [], input: "" }),
    ];
    for (const one of asked) await expect(one).rejects.toBeInstanceOf(Refused);
    expect(existsSync(trace)).toBe(false);
  });

  test("what a command reads, and what the installer quotes, comes through as it is", () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: "grapheme" }),
          fc.constantFrom(`'; touch ${folder}/x; '`, "$(reboot)", '"\\', "\n'\n", "$HOME"),
        ),
        async (drawn) => {
          const text = drawn.replaceAll("\0", "");
          const place = placeAt(sshd.port);
          expect(await runOnHost(place, { script: "cat", words: [], input: text })).toBe(text);
          const { output } = await new SshRemote(place).run([`printf '%s' ${quote(text)}`]);
          expect(output).toBe(text);
          expect(existsSync(`${folder}/x`)).toBe(false);
        },
      ),
      { numRuns: 25 },
    ));

  test("the installer's lines end at the first that fails, and the input is theirs", async () => {
    const remote = new SshRemote(placeAt(sshd.port));
    const failed = await remote.run(["echo one", "false", "echo two"]);
    expect(failed).toMatchObject({ code: 1, output: "one\n" });
    const bytes = Buffer.from([0, 255, 10, 39, 0]);
    const { output } = await remote.run(["od -An -tx1"], bytes);
    expect(output.trim()).toBe("00 ff 0a 27 00");
    const gone = new SshRemote({ ...placeAt(sshd.port), knownHostsFile: "/dev/null" });
    await expect(gone.run(["true"])).rejects.toThrow(/^ssh to root@127.0.0.1 port \d+ failed: /u);
  });
});
