import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Notice } from "../../domain/messaging/notice.ts";
import { instant } from "../../domain/time.ts";
import { renderNotice } from "../../texts/notices.ts";
import { drawnNotices } from "./drawn-notices.ts";
import { anyLanguage, anyName } from "./drawn-words.ts";
import { useReader } from "./reader.ts";

const now = instant("2026-11-28T10:00:00Z");
const reader = useReader();
const kinds = Object.entries(drawnNotices) as [Notice["kind"], fc.Arbitrary<Notice>][];

test.each(kinds)("the notice %s is a message that Telegram takes, in every language", (_, drawn) =>
  fc.assert(
    fc.asyncProperty(drawn, anyLanguage, async (notice, language) => {
      const { html, keyboard } = renderNotice({ language, zone: "UTC" }, notice, now);
      await reader.it.expectAccepted(html, keyboard);
    }),
    { numRuns: 15 },
  ),
);

test("a person's text is shown as it is, and none of it is markup", () =>
  fc.assert(
    fc.asyncProperty(anyName, anyLanguage, async (name, language) => {
      await reader.it.expectAccepted(
        renderNotice({ language, zone: "UTC" }, { kind: "deviceRenamed", name }, now).html,
      );
      const { text, entities = [] } = await reader.it.readNewest();
      // An invisible word joiner keeps a link from being one.
      expect(text?.replaceAll("\u2060", "")).toContain(`\u2068${name}\u2069`);
      const markup = entities.filter(({ type }) => ["bold", "code", "text_link"].includes(type));
      expect(markup).toEqual([]);
    }),
    { numRuns: 40 },
  ));
