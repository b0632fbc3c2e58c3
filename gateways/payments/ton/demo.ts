import { answerFaults, type GatewayDemo, lateMs } from "../demo.ts";

/** How often the emulated chain makes a block. */
const blockMs = 400;

/** TON in the demo: a chain sends no notices; lists that repeat or lag come nearest. */
export const tonDemo: GatewayDemo = {
  title: "TON",
  noticesTitle: "Lists of transfers",
  notices: {
    twice: [{ page: "repeat", probability: 0.5 }],
    late: [{ page: "lag", blocks: lateMs / blockMs }],
  },
  answers: answerFaults({ changing: [], all: [] }),
  emulator: {
    folder: "toncenter",
    usualPort: 8084,
    urlVariable: "TONCENTER_URL",
    emulatorVariables: () => ({}),
    productVariables: ({ url }) => fetchWallet(url),
  },
};

/** The emulated chain chooses the merchant's and the jetton's address. */
async function fetchWallet(toncenter: string): Promise<Readonly<Record<string, string>>> {
  const answer = await fetch(`${toncenter}/control/info`);
  const { merchant, usdt } = (await answer.json()) as {
    merchant: { non_bounceable: string };
    usdt: { master: { bounceable: string } };
  };
  return {
    TON_WALLET: merchant.non_bounceable,
    TON_USDT_MASTER: usdt.master.bounceable,
    TONCENTER_URL: toncenter,
    TON_PAY_URL: `${toncenter}/pay/`,
    TONCENTER_CALLS_PER_SECOND: "50",
  };
}
