import { expect, test } from "vitest";
import type { PanelUnderTest } from "../../gateways/hosts/panel-contract.ts";
import { ApiProcess } from "../../drivers/api-process.ts";
import { eventually } from "../../drivers/eventually.ts";
import { customerWithLink, fetchWhenReady } from "../../drivers/links.ts";
import { type TestApp, useTestApp } from "../../drivers/test-app.ts";

/** How a panel answers apps. */
export interface PanelAnswers {
  /** What each app's answer begins with or contains, by its User-Agent. */
  readonly formats: Readonly<Record<string, RegExp>>;
  /** The part of a user's name in its base64 answer, or its link's protocol. */
  readonly title: string;
}

/** Runs the rules of links with one panel behind them, and the real api in front. */
export async function linkSuite(panel: PanelUnderTest, answers: PanelAnswers): Promise<TestApp> {
  const api = await ApiProcess.open();
  const app = useTestApp({ secondHost: panel, publicUrl: api.url });
  api.useWith(app);
  const origins = Object.values(panel.settings).filter(
    (value): value is string => typeof value === "string" && value.startsWith("http"),
  );

  test("each app gets what it reads, with the panel's headers and none that lead to the panel", async () => {
    const { link } = await customerWithLink(app);
    for (const [userAgent, format] of Object.entries(answers.formats)) {
      const response = await fetchWhenReady(link, { "user-agent": userAgent });
      const text = await response.text();
      const isBase64 = /^[\w+/=\s]+$/u.test(text);
      const readable = isBase64 ? Buffer.from(text, "base64").toString() : text;
      expect(`${userAgent}: ${readable}`).toMatch(format);
      const { headers } = response;
      const title = headers.get("profile-title")!;
      expect(Buffer.from(title.slice("base64:".length), "base64").toString()).toBe(answers.title);
      expect(headers.get("profile-update-interval")).toBe("12");
      expect(headers.get("subscription-userinfo")).toMatch(
        /^upload=\d+; download=\d+; total=\d+; expire=\d{10}$/u,
      );
      expect(headers.get("profile-web-page-url")).toBe(link);
      const sent = JSON.stringify([...headers]);
      for (const origin of origins) expect(sent).not.toContain(new URL(origin).host);
    }
  });

  test("what a person moves is shown by their app, within moments", async () => {
    const { link } = await customerWithLink(app);
    await fetchWhenReady(link);
    const [name = ""] = (await panel.listNames()).toSorted();
    for (const one of await panel.listNames()) await panel.carry(one, 5 * 2 ** 20);
    await eventually(async () => {
      const response = await fetchWhenReady(link, { "user-agent": `Happ/${Date.now()}` });
      expect(response.headers.get("subscription-userinfo")).not.toMatch(/upload=0; download=0;/u);
    });
    expect(name).not.toBe("");
  });

  test("a link whose panel made its own anew finds it again", async () => {
    const { link } = await customerWithLink(app);
    const before = await (await fetchWhenReady(link)).text();
    expect(before).not.toBe("");
    for (const name of await panel.listNames()) await panel.deleteByHand(name);
    // The reconciler makes the user again, with another link where the panel chooses it.
    await eventually(async () => expect(await panel.listNames()).not.toEqual([]));
    const again = await fetchWhenReady(link, { "user-agent": "Happ/3.0.0" });
    expect(await again.text()).not.toBe("");
  });

  test("no token and no panel's link is in the log or in a workflow", async () => {
    const { link } = await customerWithLink(app);
    await fetchWhenReady(link);
    const token = link.split("/").at(-1)!;
    await fetch(`${api.url}/s/${token}/more`);
    expect(api.output).toMatch(/"path":"\/s\/…"/u);
    expect(api.output).not.toContain(token);
    for await (const found of app.client.workflow.list({
      query: `WorkflowType = "linkRequest"`,
    })) {
      const history = await app.client.workflow.getHandle(found.workflowId).fetchHistory();
      const text = JSON.stringify(
        history.events?.map((event) => event),
        (_, value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value).toString() : value,
      );
      expect(text).not.toContain(token);
      expect(text).not.toMatch(/\/sub\//u);
    }
  });
  return app;
}
