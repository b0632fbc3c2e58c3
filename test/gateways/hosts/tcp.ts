import { connect } from "node:net";

/** Whether somebody listens at this port of 127.0.0.1. */
export const respondsTo = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(port, "127.0.0.1");
    probe.once("connect", () => resolve(true)).once("error", () => resolve(false));
    probe.once("connect", () => probe.destroy());
  });
