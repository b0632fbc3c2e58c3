// `npm start -w emulators -- telegram [--data <file>]`: one emulator alone, until Ctrl-C.
const names = ["telegram", "cryptobot", "tbank", "toncenter", "vpn-client"];

const [name = ""] = process.argv.splice(2, 1);
if (names.includes(name)) {
  await import(`./${name}/main.ts`);
} else {
  process.stderr.write(`Which emulator? One of ${names.join(", ")}; docs/emulators.md.\n`);
  process.exitCode = 1;
}
