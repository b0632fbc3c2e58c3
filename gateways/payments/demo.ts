/**
 * What a gateway does wrong on the demo's page: its notices are lost, come twice, late or with a
 * wrong signature; its answers are lost after the work is done, are errors, or "too many requests".
 */
export type DemoFault = "off" | "twice" | "late" | "forged" | "lost" | "down" | "busy";

/** Bodies of `POST /control/faults` at the gateway's emulator, by the fault that they make. */
export type FaultRules = Readonly<Partial<Record<DemoFault, readonly FaultRule[]>>>;

/** The body of one `POST /control/faults`; the emulator fills in the defaults. */
export type FaultRule = Readonly<Record<string, unknown>>;

/** Where the demo's emulator and the product reach each other. */
export interface DemoAddresses {
  /** The emulator's origin. */
  readonly url: string;
  /** Where the api takes this gateway's webhooks. */
  readonly webhookUrl: string;
}

/** The emulator of one gateway, in a folder of its own below `emulators/`. */
export interface DemoEmulator {
  /** The folder; its variables begin with it: `tbank` has TBANK_EMULATOR_PORT. */
  readonly folder: string;
  /** Its port where TBANK_EMULATOR_PORT or the like is unset. */
  readonly usualPort: number;
  /** The gateway's own variable that holds the origin of its API. */
  readonly urlVariable: string;
  /** The emulator's variables beside its port and its data file. */
  emulatorVariables(at: DemoAddresses): Readonly<Record<string, string>>;
  /** The gateway's variables that connect the product to the emulator, which is ready. */
  productVariables(at: DemoAddresses): Promise<Readonly<Record<string, string>>>;
}

/** How the demo shows a gateway. Emulated money exists only there. */
export interface GatewayDemo {
  /** As people call it. */
  readonly title: string;
  /** What a fault of its notices is said of, as "Webhooks". */
  readonly noticesTitle: string;
  readonly notices: FaultRules;
  readonly answers: FaultRules;
  /** Undefined: Telegram's emulator is this gateway's too. */
  readonly emulator?: DemoEmulator;
}

/** What the demo's page is told of a gateway, and the api of its emulator's origin. */
export function describeDemo(name: string, url: string, demo: GatewayDemo) {
  const { title, noticesTitle, notices, answers } = demo;
  return { name, url, title, noticesTitle, notices, answers };
}

/** How late a late notice is. */
export const lateMs = 20_000;

/** The faults of webhooks, in the words of every emulator that sends them. */
export const webhookFaults: FaultRules = {
  off: [{ webhook: "drop" }],
  twice: [{ webhook: "duplicate" }],
  late: [{ webhook: "delay", delay_ms: lateMs }],
  forged: [{ webhook: "wrong-signature" }],
};

/** The methods that a fault of answers concerns; an empty list means all. */
export interface AffectedMethods {
  /** Those that change something, so that a lost answer matters. */
  readonly changing: readonly string[];
  readonly all: readonly string[];
}

/** The faults of answers to calls, in the words of every emulator. */
export function answerFaults({ changing, all }: AffectedMethods): FaultRules {
  return {
    lost: forMethods(changing, { kind: "timeout-after-success" }),
    down: forMethods(all, { kind: "500" }),
    busy: forMethods(all, { kind: "429", probability: 0.5 }),
  };
}

const forMethods = (methods: readonly string[], rule: FaultRule): readonly FaultRule[] =>
  methods.length === 0 ? [rule] : methods.map((method) => ({ ...rule, method }));
