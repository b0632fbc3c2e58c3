import { beginCell, type Message, storeStateInit } from "@ton/core";
import { rawOf } from "./addresses.ts";
import { bocOf, decodedBody, hashOf, opName, opOf } from "./bodies.ts";

/** A message as v3 shows it [TI:models/blockchain.go]. */
export function messageRow(message: Message, hash: string): object {
  const { info, body, init } = message;
  const op = opOf(body);
  const isInternal = info.type === "internal";
  const stateInit = init == null ? undefined : beginCell().store(storeStateInit(init)).endCell();
  return {
    hash,
    source: rawOf(info.src),
    destination: rawOf(info.dest),
    value: isInternal ? info.value.coins.toString() : null,
    value_extra_currencies: {},
    fwd_fee: isInternal ? info.forwardFee.toString() : null,
    ihr_fee: isInternal ? info.ihrFee.toString() : null,
    created_lt: info.type === "external-in" ? null : info.createdLt.toString(),
    created_at: info.type === "external-in" ? null : info.createdAt.toString(),
    opcode: op === undefined ? null : `0x${op.toString(16).padStart(8, "0")}`,
    decoded_opcode: opName(op),
    ihr_disabled: isInternal ? info.ihrDisabled : null,
    bounce: isInternal ? info.bounce : null,
    bounced: isInternal ? info.bounced : null,
    import_fee: info.type === "external-in" ? info.importFee.toString() : null,
    message_content: { hash: hashOf(body), body: bocOf(body), decoded: decodedBody(body) },
    init_state:
      stateInit === undefined ? null : { hash: hashOf(stateInit), body: bocOf(stateInit) },
  };
}
