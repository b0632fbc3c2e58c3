import type { WriteFault } from "./panel-contract.ts";

/** How a test asks for what an operator, a backup or the node does. */
export const controlOf =
  (url: string) =>
  async <Answer>(path: string, method = "GET", body?: object): Promise<Answer> => {
    const response = await fetch(`${url}/control${path}`, {
      method,
      ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer as Answer;
  };

/** Makes the next calls of these methods fail, and counts those that were made. */
export const writesOf = (
  control: ReturnType<typeof controlOf>,
  { writes, dropped }: { readonly writes: readonly string[]; readonly dropped: string },
) => ({
  breakWrites: async (fault: WriteFault, times: number) => {
    await control("/faults", "DELETE");
    if (times === 0) return;
    const kind = fault === "dropped after success" ? dropped : fault.replaceAll(" ", "-");
    for (const method of writes) await control("/faults", "POST", { kind, method, times });
  },
  countWrites: async () => {
    const calls = await control<{ method: string }[]>("/calls");
    return calls.filter(({ method }) => writes.includes(method)).length;
  },
});

/** What an operator, a backup and the node do, by the control routes that both emulators have. */
export function operatorOf(url: string, writes: readonly string[]) {
  const control = controlOf(url);
  return {
    control,
    listNames: async () =>
      (await control<{ username: string }[]>("/users")).map(({ username }) => username),
    deleteByHand: async (username: string) =>
      void (await control("/delete", "POST", { usernames: [username] })),
    carry: async (username: string, bytes: number) =>
      void (await control("/traffic", "POST", { username, bytes, recorded: true })),
    advance: async (ms: number) => void (await control("/clock", "POST", { advance_ms: ms })),
    ...writesOf(control, { writes, dropped: "drop-after-success" }),
    backUp: async () => {
      const name = crypto.randomUUID();
      await control("/snapshots", "POST", { name });
      return async () => void (await control("/restore", "POST", { name }));
    },
    listOnNode: async () => {
      const { lets_in } = await control<{ lets_in: Record<string, unknown> }>("/node");
      return Object.keys(lets_in);
    },
  };
}
