import { createHash } from "node:crypto";
import { withoutKeys } from "../command.ts";
import { isKey } from "../keys.ts";
import type { Remote } from "./remote.ts";
import { type ServerPlan, serverPlaces, toolOf, type Variant } from "./server-plan.ts";
import { firstSteps, type InstallStep, interfaceSteps } from "./steps.ts";

/** What customers' keys depend on. */
export type FixedField = "listenPort" | "network" | "network6" | "endpointPorts";

/** What is to be installed, and how. */
export interface Installation {
  readonly plan: ServerPlan;
  /** What of it the operator has asked for: an earlier choice of other values is not overruled. */
  readonly asked: readonly FixedField[];
  /** The IPv6 network of the plan is only for a server that reaches the Internet by IPv6. */
  readonly ipv6IfRouted: boolean;
  /** `auto`: the module, and where it cannot be had and there is a program, userspace. */
  readonly variant: Variant | "auto";
  /** `amneziawg-go` for the server's processor. */
  readonly program?: Buffer | undefined;
}

/** What a server has in the end. */
export interface Installed {
  /** As it was kept there the first time. */
  readonly plan: ServerPlan;
  readonly variant: Variant;
  readonly publicKey: string;
  /** Names of the steps that were done now. */
  readonly done: readonly string[];
}

/** A step that could not be done, with what the server said. */
export class InstallFailure extends Error {
  override readonly name = "InstallFailure";
}

type Tell = (line: string) => void;

/**
 * Makes a server carry this interface. Each step is looked at first and done where it is not, so
 * that a run that was cut off goes on where it was, and a second one changes nothing.
 * @throws InstallFailure when a step cannot be done.
 * @throws Error when the server cannot be reached.
 */
export async function install(
  remote: Remote,
  { plan: wanted, asked, ipv6IfRouted, variant, program }: Installation,
  tell: Tell,
): Promise<Installed> {
  const run = new Run(remote, program, tell);
  const isRouted = !ipv6IfRouted || (await hasIpv6Route(remote));
  if (!isRouted) tell("the server has no IPv6: customers get IPv4 alone");
  const plan = isRouted ? wanted : { ...wanted, network6: undefined };
  await run.doAll(firstSteps(plan));
  const kept = await readKept(remote, plan, asked);
  const chosen = await run.doVariant(kept, variant);
  const { output } = await remote.run([`${toolOf(chosen)} show ${plan.interface} public-key`]);
  const publicKey = output.trim();
  if (!isKey(publicKey)) throw new InstallFailure("the interface does not show its public key");
  return { plan: kept, variant: chosen, publicKey, done: run.done };
}

const textOf = (value: unknown): string => JSON.stringify(value) ?? "none";

/** The choice of the first run. @throws InstallFailure where another is asked for now. */
async function readKept(
  remote: Remote,
  plan: ServerPlan,
  asked: readonly FixedField[],
): Promise<ServerPlan> {
  const { settings } = serverPlaces(plan);
  const { output } = await remote.run([`cat ${settings}`]);
  const kept = JSON.parse(output) as ServerPlan;
  const other = asked.find((name) => textOf(kept[name]) !== textOf(plan[name]));
  if (other === undefined) return kept;
  const was = `${settings} on the server has ${other} ${textOf(kept[other])}`;
  throw new InstallFailure(
    `${was}, and ${textOf(plan[other])} is asked for: customers' keys depend on it. ` +
      "Ask for the same, or for another --interface",
  );
}

const hasIpv6Route = async (remote: Remote): Promise<boolean> =>
  (await remote.run(["ip -6 route show default"])).output.trim() !== "";

/** One run over a server. */
class Run {
  readonly done: string[] = [];
  readonly #remote: Remote;
  readonly #program: Buffer | undefined;
  readonly #tell: Tell;

  constructor(remote: Remote, program: Buffer | undefined, tell: Tell) {
    this.#remote = remote;
    this.#program = program;
    this.#tell = tell;
  }

  async doVariant(plan: ServerPlan, variant: Variant | "auto"): Promise<Variant> {
    const chosen = variant === "auto" ? await this.#whatIsThere(plan) : variant;
    if (chosen !== undefined) {
      await this.doAll(this.#steps(plan, chosen));
      return chosen;
    }
    try {
      await this.doAll(this.#steps(plan, "module"));
      return "module";
    } catch (error) {
      if (!(error instanceof InstallFailure)) throw error;
      if (this.#program === undefined) {
        const hint = "for servers without the module, --program FILE names an amneziawg-go";
        throw new InstallFailure(`${error.message}\n${hint}`, { cause: error });
      }
      this.#tell(`  ${error.message}`);
      this.#tell("  the module cannot be had here: amneziawg-go carries the packets instead");
      await this.doAll(this.#steps(plan, "userspace"));
      return "userspace";
    }
  }

  /** What an earlier run has chosen. */
  async #whatIsThere(plan: ServerPlan): Promise<Variant | undefined> {
    const { unitFile } = serverPlaces(plan);
    const { code, output } = await this.#remote.run([`cat ${unitFile}`]);
    if (code !== 0) return undefined;
    return output.includes("amneziawg-go") ? "userspace" : "module";
  }

  #steps(plan: ServerPlan, variant: Variant): InstallStep[] {
    return interfaceSteps(plan, variant, programHash(this.#program));
  }

  async doAll(steps: readonly InstallStep[]): Promise<void> {
    for (const step of steps) await this.#do(step);
  }

  async #do({ name, why, check, commands, needsProgram }: InstallStep): Promise<void> {
    if (await this.#holds(check)) return this.#tell(`${name}: it is so already`);
    this.#tell(`${name}: ${why}`);
    const input = needsProgram === true ? this.#programOrRefuse() : undefined;
    const { code, errors, output } = await this.#remote.run(commands, input);
    if (code !== 0 || !(await this.#holds(check))) {
      const words = withoutKeys(errors.trim() === "" ? output : errors);
      const last = words.trim().split("\n").slice(-5).join("\n  ");
      throw new InstallFailure(`${name} could not be done (${code}): ${last}`);
    }
    this.done.push(name);
  }

  #programOrRefuse(): Buffer {
    if (this.#program !== undefined) return this.#program;
    throw new InstallFailure("without the module, --program FILE has to name an amneziawg-go");
  }

  async #holds(check: string): Promise<boolean> {
    const { code } = await this.#remote.run([`if ${check}; then exit 0; else exit 1; fi`]);
    return code === 0;
  }
}

const programHash = (program: Buffer | undefined): string | undefined =>
  program && createHash("sha256").update(program).digest("hex");

/** All commands of an installation, one a line, each step with its reason and its check. */
export function describeInstallation({
  plan,
  variant,
  program,
}: Pick<Installation, "plan" | "variant" | "program">): string[] {
  const hash = programHash(program);
  const rest = (one: Variant) => interfaceSteps(plan, one, hash).flatMap(linesOf);
  return [
    ...firstSteps(plan).flatMap(linesOf),
    ...(variant === "userspace" ? [] : rest("module")),
    ...(variant === "auto" && program !== undefined
      ? ["# Where a step above cannot be done, amneziawg-go instead of the module:"]
      : []),
    ...(variant === "userspace" || (variant === "auto" && program !== undefined)
      ? rest("userspace")
      : []),
  ];
}

const linesOf = ({ name, why, check, commands, needsProgram }: InstallStep): string[] => [
  `# ${name}: ${why}${needsProgram ? " (read from the input)" : ""}`,
  `# only unless: ${check}`,
  ...commands,
];
