import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { demo } from "../../api/demo.ts";
import { page } from "../../api/page.ts";

/** The result of trying a key, as the demo's VPN client answers. */
export type KeyTest = Readonly<Record<string, string | boolean>>;

type DemoTargets = Parameters<typeof demo>[0];

interface DemoServerOptions {
  /** The built page. */
  readonly dist: string;
  readonly behind: DemoTargets;
  readonly tryKey: (conf: string) => KeyTest;
}

/** Serves the demo page with the api's own router, without the rest of the product. */
export async function startDemoServer({ dist, behind, tryKey }: DemoServerOptions) {
  const app = express();
  // Strict, to prove that the page needs nothing from other hosts and only its own scripts.
  app.use((_request, response, next) => {
    const styles = "style-src 'self' 'unsafe-inline'";
    const policy = `default-src 'self'; ${styles}; base-uri 'none'; frame-ancestors 'none'`;
    response.set("content-security-policy", policy);
    next();
  });
  app.post("/demo/vpn-client/try", express.json(), (request, response) => {
    const { conf } = request.body as { conf: string };
    response.json(tryKey(conf));
  });
  app.use("/demo", demo(behind));
  app.use(page(dist));
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${port}`, close };
}
