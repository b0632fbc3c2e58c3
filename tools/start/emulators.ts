import type { DemoEmulator } from "../../gateways/payments/demo.ts";
import { providers } from "../../gateways/payments/registry.ts";

/** A gateway with an emulator of its own. */
export interface EmulatedGateway {
  /** The gateway's name, as in `/webhooks/<name>`. */
  readonly name: string;
  readonly emulator: DemoEmulator;
}

/** The gateways that the demo emulates by a server of their own, as their providers declare it. */
export const emulatedGateways: readonly EmulatedGateway[] = providers.flatMap(({ name, demo }) =>
  demo?.emulator === undefined ? [] : [{ name, emulator: demo.emulator }],
);

/** The variable of an emulator's port: TBANK_EMULATOR_PORT for the folder `tbank`. */
export const portVariableOf = ({ folder }: DemoEmulator): string =>
  `${folder.toUpperCase()}_EMULATOR_PORT`;

/** The variable of the file in which an emulator keeps everything. */
export const dataVariableOf = ({ folder }: DemoEmulator): string =>
  `${folder.toUpperCase()}_EMULATOR_DATA`;

/** The usual port of each emulated gateway, by the name of its variable. */
export const emulatorPorts: Readonly<Record<string, number>> = Object.fromEntries(
  emulatedGateways.map(({ emulator }) => [portVariableOf(emulator), emulator.usualPort]),
);
