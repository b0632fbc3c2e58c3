/** The public page that says how the servers are. */
export const status = {
  title: (shop: string) => `${shop}: status`,
  overall: {
    works: "All servers work.",
    someMaintenance: "Some servers are in maintenance. The others work.",
    allMaintenance: "The servers are in maintenance.",
    trouble: "There is trouble with some servers. We are on it.",
  },
  server: (number: number) => `Server ${number}`,
  states: {
    works: "🟢 works",
    partly: "🟡 works in part",
    maintenance: "🛠 in maintenance",
    partMaintenance: "🛠 in maintenance in part",
    down: "🔴 does not work",
    unknown: "⚪ not checked",
  },
  since: (at: string) => `since ${at}`,
  checked: (at: string) => `Last checked: ${at}`,
};

export type StatusTexts = typeof status;
