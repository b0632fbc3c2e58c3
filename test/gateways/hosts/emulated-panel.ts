import type { WriteFault } from "./panel-contract.ts";

/** Faults of the emulators of Marzban and PasarGuard. */
const faults = {
  "500 after success": "500-after-success",
  "dropped after success": "drop-connection",
  "500": "500",
  "502": "502",
} as const satisfies Record<WriteFault, string>;

/** What an operator, a backup and the node do, by the control routes that both emulators have. */
export function operatorOf(url: string, writes: readonly string[]) {
  const control = async <Answer>(path: string, method = "GET", body?: object): Promise<Answer> => {
    const response = await fetch(`${url}/control${path}`, {
      method,
      ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer as Answer;
  };
  return {
    control,
    listNames: async () =>
      (await control<{ username: string }[]>("/users")).map(({ username }) => username),
    deleteByHand: async (username: string) =>
      void (await control("/users/delete", "POST", { username })),
    carry: async (username: string, bytes: number) =>
      void (await control("/traffic", "POST", { username, bytes, recorded: true })),
    advance: async (ms: number) => void (await control("/advance", "POST", { ms })),
    breakWrites: async (fault: WriteFault, times: number) => {
      await control("/faults", "DELETE");
      if (times === 0) return;
      for (const method of writes) {
        await control("/faults", "POST", { kind: faults[fault], method, times });
      }
    },
    backUp: async () => {
      const { id } = await control<{ id: number }>("/snapshot", "POST", {});
      return async () => void (await control("/restore", "POST", { id }));
    },
    countWrites: async () => {
      const calls = await control<{ method: string }[]>("/calls");
      return calls.filter(({ method }) => writes.includes(method)).length;
    },
    listOnNode: async () => {
      const { lets_in } = await control<{ lets_in: Record<string, unknown> }>("/node");
      return Object.keys(lets_in);
    },
  };
}
