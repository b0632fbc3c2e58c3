import * as z from "zod";
import { clock, dataFile, demoBotToken, list, portOr, whole } from "../kit/options.ts";
import { isAddress } from "./operations.ts";

/** The prefix of its environment variables. */
export const prefix = "TONCENTER_EMULATOR";

const address = z.string().refine(isAddress, "is not a TON address");

/** The start options of the toncenter emulator. */
export const options = z.object({
  port: portOr(8084),
  /** The merchant's wallet in any spelling; unset, one of the emulator's own. */
  merchant: address.optional().meta({ variable: "TON_WALLET" }),
  /** `uninit`: the wallet was never deployed, as a new one is. */
  merchantState: z
    .enum(["active", "uninit"])
    .default("active")
    .meta({ variable: "TON_WALLET_STATE" }),
  /** Where the USDT-like jetton is to lie; unset, `GET /control/info` tells where it does. */
  usdtMaster: address.optional().meta({ variable: "TON_USDT_MASTER" }),
  dataFile: dataFile(prefix),
  /** With these, any other key is unknown (401). A call without a key is always served. */
  apiKeys: list()
    .optional()
    .meta({ variable: `${prefix}_KEYS` }),
  /** Keys that toncenter gave out for its other network (403). */
  otherNetworkKeys: list()
    .default([])
    .meta({ variable: `${prefix}_OTHER_KEYS` }),
  /** Rows of a v3 list whose call names no limit; v3's description says 10. */
  defaultLimit: whole()
    .min(1)
    .max(1_000)
    .default(100)
    .meta({ variable: `${prefix}_LIMIT` }),
  botToken: demoBotToken,
  now: clock,
});

/** The options as they may be given. */
export type ToncenterEmulatorOptions = z.input<typeof options>;

/** The options in force. */
export type Settings = z.output<typeof options>;
