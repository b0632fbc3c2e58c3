import { type Reply, type Request, Unservable, unservable } from "../kit/http.ts";
import { type Emulator, listen } from "../kit/server.ts";
import { ApiDoor } from "./api-door.ts";
import { ControlDoor } from "./control-door.ts";
import { PayDoor } from "./pay-door.ts";
import { World } from "./world.ts";

export interface CryptoBotEmulatorOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** `<app id>:<secret>`; the webhooks' signing key is made of it. */
  readonly token: string;
  /** Where paid invoices are announced, on this machine; can be changed by `PUT /control/webhook`. */
  readonly webhookUrl?: string | undefined;
  /** How browsers reach this server, when not by its port on 127.0.0.1. */
  readonly publicUrl?: string | undefined;
  /** Keeps everything over restarts, even after a kill. Without it nothing is kept. */
  readonly dataFile?: string | undefined;
  /** The pause before a webhook's second try, doubling up to an hour. 2 s unless given. */
  readonly webhookRetryMs?: number | undefined;
  /** How often a webhook is tried before it is given up. 30 unless given. */
  readonly webhookTries?: number | undefined;
  /** What a second `transfer` with one `spend_id` gets; an error unless given. */
  readonly spendIdRepeat?: "refuse" | "return" | undefined;
  /** Off for a new app at Crypto Pay; on here unless given. */
  readonly transfersEnabled?: boolean | undefined;
  /** The code of the coin that was TON and is Gram now. `TON` unless given. */
  readonly coinOfTon?: "TON" | "GRAM" | undefined;
  /** What the service keeps of each payment, in per cent. 3 unless given. */
  readonly feePercent?: number | undefined;
  /** What the app has of each asset at first, as a decimal. `1000` unless given. */
  readonly openingBalance?: string | undefined;
  /** Milliseconds since 1970: a clock for tests. */
  readonly now?: (() => number) | undefined;
}

/**
 * Crypto Pay with its pay pages, on 127.0.0.1 alone. Rejects with the listen error when the port is
 * taken, before the data file is touched.
 */
export async function startCryptoBotEmulator(options: CryptoBotEmulatorOptions): Promise<Emulator> {
  if (!/^\d+:\S+$/u.test(options.token)) {
    throw new Error("a Crypto Pay token has the form 12345:secret");
  }
  return listen(options.port, (url) => open(options, url));
}

function open(options: CryptoBotEmulatorOptions, url: string) {
  const world = new World({
    token: options.token,
    webhookUrl: options.webhookUrl,
    publicUrl: options.publicUrl ?? url,
    dataFile: options.dataFile,
    webhookRetryMs: options.webhookRetryMs ?? 2_000,
    webhookTries: options.webhookTries ?? 30,
    spendIdRepeat: options.spendIdRepeat ?? "refuse",
    transfersEnabled: options.transfersEnabled ?? true,
    coinOfTon: options.coinOfTon ?? "TON",
    feePercent: options.feePercent ?? 3,
    openingBalance: options.openingBalance ?? "1000",
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
  const reply = await route(doors, request).catch(failed);
  world.save();
  return reply;
}

function route(doors: Doors, request: Request): Promise<Reply | undefined> {
  const { path } = request;
  if (path.startsWith("/api/")) return doors.api.serve(request);
  if (path.startsWith("/pay/")) return doors.pay.serve(request);
  if (path.startsWith("/control/")) return doors.control.serve(request);
  return Promise.reject(new Unservable(404, "there is nothing here"));
}

const failed = unservable((told) => ({ ok: false, error: { code: 500, name: "INTERNAL", told } }));
