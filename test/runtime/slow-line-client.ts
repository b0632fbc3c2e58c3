// Run by slow-line.test.ts in a network namespace: connects once, as the product does, and prints
// the result. Each way loads only its own modules, because what they set while loading holds for
// the whole process.
const [, , how = "", origin = ""] = process.argv;

const telegram = async () => {
  const { Telegram } = await import("telegraf");
  return new Telegram("1:x", { apiRoot: origin });
};
const inProcess = () => import("../../runtime/connecting.ts");

const ways: Readonly<Record<string, () => Promise<unknown>>> = {
  "a gateway": async () => {
    const { postJson: call } = await import("../../gateways/payments/post-json.ts");
    return call("Crypto Pay", { url: `${origin}/api/getInvoices`, body: "{}" });
  },
  "the chat": async () => {
    const { callTelegram } = await import("../../gateways/messenger/telegram-call.ts");
    return callTelegram(await telegram(), "getMe", {});
  },
  "a process": async () => {
    await inProcess();
    return fetch(origin);
  },
  "telegraf in a process": async () => {
    await inProcess();
    return (await telegram()).getMe();
  },
  "Node by itself": () => fetch(origin),
};

const outcome = await ways[how]?.().then(
  () => "reached",
  (error: unknown) => `failed: ${String(error)}`,
);
process.stdout.write(String(outcome));
process.exit(0);
