import type {
  Access,
  Applied,
  GrantedAccess,
  HostUsage,
  Removal,
  VpnHost,
} from "../../gateways/hosts/port.ts";

/** A host that fails in the way a test chooses. */
export class FailingHost implements VpnHost {
  /**
   * `away`: every call fails. `refuses`: it refuses every access. `answerLost`: the next change is
   * made, but its answer is lost.
   */
  behaviour: "well" | "away" | "refuses" | "answerLost" = "well";
  readonly #real: VpnHost;

  constructor(real: VpnHost) {
    this.#real = real;
  }

  async apply(accesses: readonly GrantedAccess[]): Promise<readonly Applied[]> {
    this.#answerOrFail();
    if (this.behaviour === "refuses") {
      const reason = "the host does not like this key";
      return accesses.map(({ accessId }) => ({ kind: "refused", accessId, reason }));
    }
    return this.#change(() => this.#real.apply(accesses));
  }

  remove(identities: readonly string[], removal?: Removal): Promise<HostUsage> {
    return this.#change(() => this.#real.remove(identities, removal));
  }

  async list() {
    this.#answerOrFail();
    return this.#real.list();
  }

  async usage() {
    this.#answerOrFail();
    return this.#real.usage();
  }

  async describe() {
    this.#answerOrFail();
    return this.#real.describe();
  }

  credentials(access: Access) {
    return this.#real.credentials(access);
  }

  async #change<Answer>(make: () => Promise<Answer>): Promise<Answer> {
    this.#answerOrFail();
    const answer = await make();
    if (this.behaviour !== "answerLost") return answer;
    this.behaviour = "well";
    throw new Error("the answer was lost");
  }

  #answerOrFail(): void {
    if (this.behaviour === "away") throw new Error("connect ETIMEDOUT");
  }
}
