import * as fc from "fast-check";
import { expect, test } from "vitest";
import { mayAddDevice } from "../../../domain/access/device-limit.ts";

test("devices are added until the limit is reached, and none while a smaller plan is exceeded", () =>
  fc.assert(
    fc.property(fc.nat(20), fc.nat(20), (held, limit) => {
      let devices = held;
      while (mayAddDevice(devices, limit)) devices += 1;
      expect(devices).toBe(Math.max(held, limit));
    }),
  ));
