import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { toBuffer } from "qrcode";
import { expect, test } from "vitest";
import { deliverable } from "../../../domain/access/credentials.ts";
import { languages } from "../../../domain/people/customer.ts";
import { clientCredentials } from "../../../gateways/hosts/amneziawg/client-config.ts";
import { textsIn } from "../../../texts/index.ts";
import { anAccess, tunnel } from "../../gateways/hosts/accesses.ts";
import { memoryHostSettings } from "../../gateways/hosts/host-settings.ts";

const settings = memoryHostSettings();

/** A host whose I packets have these sizes, in bytes; settings allow five of 1,280. */
const credentialsOf = (sizes: readonly number[]) => {
  const i = sizes.map((size) => `<b 0x${randomBytes(size).toString("hex")}>`);
  const access = anAccess(0);
  return clientCredentials(
    { ...settings, parameters: { ...settings.parameters, i } },
    { label: access.label, tunnel: tunnel(access) },
  );
};

const packets = fc.array(fc.integer({ min: 1, max: 1_280 }), { maxLength: 5 });

/** The length that Telegram counts: the text without tags. */
const lengthOf = (html: string): number => html.replaceAll(/<[^>]+>/gu, "").length;

test("whatever I packets a host has, each message of a key can be sent", () =>
  fc.assert(
    fc.asyncProperty(packets, async (sizes) => {
      const { qrText, importLink: link } = deliverable(credentialsOf(sizes));
      if (qrText !== undefined) await toBuffer(qrText, { errorCorrectionLevel: "L" });
      for (const language of languages) {
        const text = textsIn(language).access.key.link(link ?? "");
        expect(lengthOf(text)).toBeLessThanOrEqual(4_096);
      }
    }),
    { numRuns: 40 },
  ));

test("a usual key is sent in all forms, one with long I packets without picture and link", () => {
  const usual = credentialsOf([40]);
  expect(deliverable(usual)).toEqual({ qrText: usual.qrText, importLink: usual.importLink });
  expect(deliverable(credentialsOf([1_200, 1_200]))).toEqual({
    qrText: undefined,
    importLink: undefined,
  });
});
