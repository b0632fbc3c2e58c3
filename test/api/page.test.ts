import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import express from "express";
import { expect, onTestFinished, test } from "vitest";
import { page } from "../../api/page.ts";

const script = "say('hello');".repeat(200);

/** A page as the build writes it, served on a free port. */
async function servePage(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-page-"));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<h1>page</h1>");
  writeFileSync(join(folder, "assets/index-CaOYT6TM.js"), script);
  writeFileSync(join(folder, "assets/index-CaOYT6TM.js.br"), brotliCompressSync(script));
  writeFileSync(join(folder, "assets/index-CaOYT6TM.js.gz"), gzipSync(script));
  writeFileSync(join(folder, ".sources"), "a hash");
  const server = express().use(page(folder)).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });
  return (server.address() as AddressInfo).port;
}

async function read(port: number, path: string, headers: Record<string, string> = {}) {
  const request = get({ port, path, headers });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

const asset = "/assets/index-CaOYT6TM.js";

test.for([
  ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
  ["gzip, br;q=0", "gzip", gunzipSync],
  ["gzip", "gzip", gunzipSync],
] as const)("a reader who takes %s gets %s", async ([accepted, encoding, decode]) => {
  const port = await servePage();
  const { headers, body } = await read(port, asset, { "accept-encoding": accepted });
  expect(headers).toMatchObject({
    "content-encoding": encoding,
    "content-type": expect.stringContaining("javascript"),
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
  });
  expect(body.length).toBeLessThan(script.length / 10);
  expect(decode(body).toString()).toBe(script);
});

test("whoever takes nothing compressed gets the file itself, to keep as long", async () => {
  const port = await servePage();
  for (const accepted of ["identity", ""]) {
    const { headers, body } = await read(port, asset, { "accept-encoding": accepted });
    expect(headers["content-encoding"]).toBeUndefined();
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(body.toString()).toBe(script);
  }
});

test("the page itself is asked for each time, and is not sent again unchanged", async () => {
  const port = await servePage();
  const first = await read(port, "/", { "accept-encoding": "br" });
  expect(first.headers).toMatchObject({ "cache-control": "no-cache" });
  expect(first.body.toString()).toBe("<h1>page</h1>");
  const again = await read(port, "/", { "if-none-match": first.headers.etag ?? "" });
  expect(again.status).toBe(304);
});

test("nothing outside the folder is sent, also not compressed", async () => {
  const port = await servePage();
  const paths = [
    "/../page.js",
    "/assets/../../page",
    "/%2e%2e/x",
    "/assets/..%2f..%2fx",
    "/.sources",
  ];
  for (const path of paths) {
    const { status } = await read(port, path, { "accept-encoding": "br" });
    expect([path, status === 403 || status === 404]).toEqual([path, true]);
  }
});
