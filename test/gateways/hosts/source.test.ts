import * as fc from "fast-check";
import { expect, test } from "vitest";
import { linkBehind } from "../../../gateways/hosts/panel/source.ts";

const base = "https://panel.example:8000/base";

test("whatever link a panel names, the address in its settings is asked", () => {
  const hostile = fc.constantFrom(
    "http://169.254.169.254/latest/meta-data",
    "//evil.example/sub/token",
    "https://panel.example:8000@evil.example/sub/token",
    "/sub/../../../etc/passwd",
    "/sub/%2e%2e/%2e%2e/token",
    String.raw`\\evil.example\sub\token`,
    "javascript:alert(1)",
    "/sub/token?next=https://evil.example#x",
  );
  fc.assert(
    fc.property(
      fc.oneof(hostile, fc.webUrl(), fc.webPath()),
      fc.constantFrom(1, 2),
      (link, parts) => {
        const asked = new URL(linkBehind(base, link, parts));
        expect(asked.origin).toBe("https://panel.example:8000");
        expect(asked.pathname).toMatch(/^\/base(?:\/|$)/u);
        expect(asked.search + asked.hash).toBe("");
      },
    ),
  );
});

test("the user's part of a link is kept, whether the panel writes the whole link or its path", () => {
  const links = ["/sub/abc.def-1", "https://elsewhere.example/x/sub/abc.def-1"];
  for (const link of links) expect(linkBehind(base, link, 2)).toBe(`${base}/sub/abc.def-1`);
  expect(linkBehind(base, "https://sub.example/Q1w2", 1)).toBe(`${base}/Q1w2`);
});
