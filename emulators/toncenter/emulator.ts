import { type Reply, type Request, unservable } from "../kit/http.ts";
import { type Emulator, listen } from "../kit/server.ts";
import { ApiDoor } from "./api-door.ts";
import { ControlDoor } from "./control-door.ts";
import { isAddress } from "./operations.ts";
import { PayDoor } from "./pay-door.ts";
import { World } from "./world.ts";

export interface ToncenterEmulatorOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** The merchant's wallet in any spelling; without it, one of the emulator's own. */
  readonly merchant?: string | undefined;
  /** `uninit`: the wallet was never deployed, as a new one is. Default `active`. */
  readonly merchantState?: "active" | "uninit" | undefined;
  /** Where the USDT-like jetton is to lie; without it, `GET /control/info` tells where it does. */
  readonly usdtMaster?: string | undefined;
  /** Keeps the chain over restarts, even after a kill. Without it nothing is kept. */
  readonly dataFile?: string | undefined;
  /** With these, any other key is unknown (401). A call without a key is always served. */
  readonly apiKeys?: readonly string[] | undefined;
  /** Keys that toncenter gave out for its other network (403). */
  readonly otherNetworkKeys?: readonly string[] | undefined;
  /** Rows of a v3 list whose call names no limit. Default 100; v3's description says 10. */
  readonly defaultLimit?: number | undefined;
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
}

/**
 * toncenter over a chain of its own, on 127.0.0.1 alone. Rejects with the listen error when the port
 * is taken, before the data file is touched, and with a remedy when an address is none.
 */
export async function startToncenterEmulator(options: ToncenterEmulatorOptions): Promise<Emulator> {
  for (const text of [options.merchant, options.usdtMaster]) {
    if (text !== undefined && !isAddress(text)) throw new Error(`${text} is no address of TON`);
  }
  return listen(options.port, () => open(options));
}

interface Doors {
  readonly api: ApiDoor;
  readonly control: ControlDoor;
  readonly pay: PayDoor;
}

async function open(options: ToncenterEmulatorOptions) {
  const clock = options.clock ?? Date.now;
  const { merchant, merchantState = "active", usdtMaster, dataFile } = options;
  const genesis = { merchant, merchantState, usdtMaster };
  const world = await World.open({ genesis, dataFile, clock });
  const { apiKeys, otherNetworkKeys = [], defaultLimit = 100 } = options;
  const doors = {
    api: new ApiDoor(world, { apiKeys, otherNetworkKeys, defaultLimit }),
    control: new ControlDoor(world),
    pay: new PayDoor(world, clock),
  };
  return {
    answer: (request: Request) => route(doors, request).catch(failed),
    stop: () => world.close(),
  };
}

function route({ api, control, pay }: Doors, request: Request): Promise<Reply | undefined> {
  const { path } = request;
  if (path === "/pay" || path.startsWith("/pay/")) return pay.serve(request);
  if (path.startsWith("/control/")) return control.serve(request);
  return api.serve(request);
}

const failed = unservable((told) => ({ error: `internal server error: ${told}` }));
