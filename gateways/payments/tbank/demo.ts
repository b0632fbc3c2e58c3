import { answerFaults, type GatewayDemo, webhookFaults } from "../demo.ts";

const keys = { TBANK_TERMINAL_KEY: "1366000000001DEMO", TBANK_PASSWORD: "emulatedTBankPass000" };

/** T-Bank in the demo. */
export const tBankDemo: GatewayDemo = {
  title: "T-Bank",
  noticesTitle: "Webhooks",
  notices: webhookFaults,
  answers: answerFaults({ changing: ["Init", "Cancel", "Charge"], all: [] }),
  emulator: {
    folder: "tbank",
    usualPort: 8083,
    urlVariable: "TBANK_URL",
    emulatorVariables: ({ webhookUrl }) => ({
      ...keys,
      TBANK_EMULATOR_WEBHOOK_URL: webhookUrl,
      TBANK_EMULATOR_RECURRING: "true",
    }),
    productVariables: async ({ url, webhookUrl }) => ({
      ...keys,
      TBANK_URL: url,
      TBANK_NOTIFICATION_URL: webhookUrl,
      TBANK_RECURRING: "true",
    }),
  },
};
