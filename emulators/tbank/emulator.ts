import { type Reply, type Request, Unservable, unservable } from "../kit/http.ts";
import { type Emulator, listen } from "../kit/server.ts";
import { ApiDoor } from "./api-door.ts";
import { ControlDoor } from "./control-door.ts";
import { PayDoor } from "./pay-door.ts";
import { World } from "./world.ts";

export interface TBankEmulatorOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly terminalKey: string;
  readonly password: string;
  /** Where payments are announced whose `Init` names no place, on this machine. */
  readonly webhookUrl?: string | undefined;
  /** How browsers reach this server, when not by its port on 127.0.0.1. */
  readonly publicUrl?: string | undefined;
  /** Keeps everything over restarts, even after a kill. Without it nothing is kept. */
  readonly dataFile?: string | undefined;
  /** The pause between two tries of a notification on its first day. An hour unless given. */
  readonly webhookRetryMs?: number | undefined;
  /** How often one is tried: hourly for a day and daily for a month unless given; 25 is a day. */
  readonly webhookTries?: number | undefined;
  /** One stage or two, for payments that do not say. One unless given. */
  readonly payType?: "O" | "T" | undefined;
  /** Up to 20 digits. Unless given, more than a double can tell apart. */
  readonly firstPaymentId?: string | undefined;
  /** What a second `Init` with one OrderId gets; another payment unless given. */
  readonly orderIdRepeat?: "accept" | "refuse" | undefined;
  /** Whether each `Init` needs a receipt. Off unless given. */
  readonly cashRegister?: boolean | undefined;
  /** On unless given. */
  readonly sbp?: boolean | undefined;
  /** How often a payer's bank may refuse SBP before the form gives up. 5 unless given. */
  readonly sbpAttempts?: number | undefined;
  /** Whether an SBP refund ends by itself, or by `POST /control/refunded`; itself unless given. */
  readonly sbpRefunds?: "at-once" | "when-told" | undefined;
  /** Kopecks the shop has for refunds at first; enough for all of them unless given. */
  readonly balance?: number | undefined;
  /** Whether DEADLINE_EXPIRED is announced, as the bank does on request. Off unless given. */
  readonly tellDeadlines?: boolean | undefined;
  /** Milliseconds since 1970: a clock for tests. */
  readonly now?: (() => number) | undefined;
}

/**
 * T-Bank's MerchantAPI v2 with its payment form, on 127.0.0.1 alone. Rejects with the listen error
 * when the port is taken, before the data file is touched.
 */
export async function startTBankEmulator(options: TBankEmulatorOptions): Promise<Emulator> {
  const { firstPaymentId = "13660000000000000001" } = options;
  if (!/^[1-9]\d{0,19}$/u.test(firstPaymentId)) {
    throw new Error("the first PaymentId must be a whole number of 1 to 20 digits");
  }
  if (options.terminalKey === "" || options.terminalKey.length > 20 || options.password === "") {
    throw new Error("a terminal needs a key of 1 to 20 characters and a password");
  }
  return listen(options.port, (url) => open({ ...options, firstPaymentId }, url));
}

function open(options: TBankEmulatorOptions & { firstPaymentId: string }, url: string) {
  const world = new World({
    terminalKey: options.terminalKey,
    password: options.password,
    webhookUrl: options.webhookUrl,
    publicUrl: options.publicUrl ?? url,
    dataFile: options.dataFile,
    webhookRetryMs: options.webhookRetryMs ?? 3_600_000,
    webhookTries: options.webhookTries ?? 1 + 24 + 30,
    payType: options.payType ?? "O",
    firstPaymentId: options.firstPaymentId,
    orderIdRepeat: options.orderIdRepeat ?? "accept",
    cashRegister: options.cashRegister ?? false,
    sbp: options.sbp ?? true,
    sbpAttempts: options.sbpAttempts ?? 5,
    sbpRefunds: options.sbpRefunds ?? "at-once",
    balance: options.balance,
    tellDeadlines: options.tellDeadlines ?? false,
    now: options.now ?? Date.now,
  });
  const doors = {
    api: new ApiDoor(world),
    pay: new PayDoor(world),
    control: new ControlDoor(world),
  };
  return {
    answer: (request: Request) => answer(world, doors, request),
    stop: () => world.stop(),
  };
}

interface Doors {
  readonly api: ApiDoor;
  readonly pay: PayDoor;
  readonly control: ControlDoor;
}

/** What was changed outlives a kill before anybody is told of it. */
async function answer(world: World, doors: Doors, request: Request): Promise<Reply | undefined> {
  world.look();
  const reply = await route(doors, request).catch(failed);
  world.save();
  return reply;
}

function route(doors: Doors, request: Request): Promise<Reply | undefined> {
  const { path } = request;
  if (path.startsWith("/v2/")) return doors.api.serve(request);
  if (path.startsWith("/pay/")) return doors.pay.serve(request);
  if (path.startsWith("/control/")) return doors.control.serve(request);
  return Promise.reject(new Unservable(404, "there is nothing here"));
}

const failed = unservable((told) => ({
  Success: false,
  ErrorCode: "9999",
  Message: "Internal error",
  Details: told,
}));
