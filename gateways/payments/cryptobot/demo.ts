import { answerFaults, type GatewayDemo, webhookFaults } from "../demo.ts";

const token = "12345:AAtollgateEmulatedCryptoPayToken00000";

/** Crypto Pay in the demo. */
export const cryptoBotDemo: GatewayDemo = {
  title: "CryptoBot",
  noticesTitle: "Webhooks",
  notices: webhookFaults,
  answers: answerFaults({ changing: ["createInvoice", "transfer"], all: [] }),
  emulator: {
    folder: "cryptobot",
    usualPort: 8082,
    urlVariable: "CRYPTOBOT_URL",
    emulatorVariables: ({ webhookUrl }) => ({
      CRYPTOBOT_TOKEN: token,
      CRYPTOBOT_EMULATOR_WEBHOOK_URL: webhookUrl,
    }),
    productVariables: async ({ url }) => ({
      CRYPTOBOT_TOKEN: token,
      CRYPTOBOT_URL: url,
      CRYPTOBOT_REFUNDS: "true",
    }),
  },
};
