/** The public page that says how the servers are. */
export const status = {
  title: (shop: string) => `${shop}: status`,
  allWell: "All servers work.",
  someTrouble: "There is trouble with some servers. We are on it.",
  server: (number: number) => `Server ${number}`,
  states: {
    works: "🟢 works",
    partly: "🟡 works in part",
    down: "🔴 does not work",
    unknown: "⚪ not checked",
  },
  since: (at: string) => `since ${at}`,
  checked: (at: string) => `Last checked: ${at}`,
};

export type StatusTexts = typeof status;
