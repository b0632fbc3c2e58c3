import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a panel's subscriptions answer; `as it is`: the panel itself does. */
export type ProxyMode =
  | "as it is"
  | "silent"
  | "500"
  | "html"
  | "too big"
  | "packed bomb"
  | "without end"
  | "redirect"
  | "hostile headers";

/** Stands before a panel's subscriptions, and answers as a broken or hostile one would. */
export class PanelProxy {
  mode: ProxyMode = "as it is";
  /** How many requests it got, and the headers of the last one. */
  asked = 0;
  headers: Readonly<Record<string, string | string[] | undefined>> = {};
  readonly #server = createServer((request, response) => {
    this.asked += 1;
    this.headers = request.headers;
    void this.#answer(request.url ?? "", request.headers, response).catch(() => response.destroy());
  });
  #panel = "";

  /** Stands before the panel at this URL from now on. */
  async open(panel: string): Promise<string> {
    this.#panel = panel;
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(
    path: string,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    response: ServerResponse,
  ): Promise<void> {
    switch (this.mode) {
      case "as it is": {
        const given = Object.entries(headers).filter(([name]) =>
          /^(?:user|accept$|x-)/u.test(name),
        );
        const answer = await fetch(this.#panel + path, {
          headers: Object.fromEntries(given) as never,
        });
        const body = Buffer.from(await answer.arrayBuffer());
        const kept = [...answer.headers].filter(([name]) => !/^(?:transfer|content-l)/u.test(name));
        response.writeHead(answer.status, Object.fromEntries(kept)).end(body);
        return;
      }
      case "silent":
        return;
      case "500":
        return void response.writeHead(500).end("Internal Server Error");
      case "html":
        return void response
          .writeHead(200, { "content-type": "text/html" })
          .end("<script>alert(1)</script>");
      case "too big":
        return void response
          .writeHead(200, { "content-type": "text/plain" })
          .end("a".repeat(3_000_000));
      case "packed bomb": {
        const { gzipSync } = await import("node:zlib");
        const body = gzipSync(Buffer.alloc(200_000_000));
        const packed = { "content-type": "text/plain", "content-encoding": "gzip" };
        return void response.writeHead(200, packed).end(body);
      }
      case "without end":
        response.writeHead(200, { "content-type": "text/plain" }).write("dmxlc3M6Ly8=");
        return;
      case "redirect":
        return void response.writeHead(302, { location: `${this.#panel}/control/users` }).end();
      case "hostile headers":
        return void response
          .writeHead(200, {
            "content-type": "text/plain",
            "set-cookie": "a=b",
            location: this.#panel,
            server: "nginx",
            "content-security-policy": "default-src *",
            "access-control-allow-origin": "*",
            routing: "happ://routing/add/eyJ9",
            "support-url": "https://t.me/panel",
          })
          .end("dmxlc3M6Ly8=");
    }
  }
}
