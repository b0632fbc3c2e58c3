import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import express from "express";

/** The best one first. */
const encodings = [
  ["br", ".br"],
  ["gzip", ".gz"],
] as const;
/** The build names these by their content, so they never change. */
const named = /^\/assets\/.+-[\w-]{8}\.\w+$/u;
const yearSeconds = 31_536_000;

/**
 * Serves the built page. A file goes out as the build compressed it where the reader takes that;
 * what is named by its content is kept for a year, the page itself is asked for each time.
 */
export function page(folder: string): express.RequestHandler[] {
  const plain = express.static(folder, {
    index: "index.html",
    setHeaders: (response) => {
      const path = response.req.originalUrl.split("?")[0] ?? "";
      response.set("cache-control", cacheOf(path));
    },
  });
  return [compressed(folder), plain];
}

const cacheOf = (path: string): string =>
  named.test(path) ? `public, max-age=${yearSeconds}, immutable` : "no-cache";

/** Answers with the compressed copy, if the build made one. Anything else is left to the next. */
function compressed(folder: string): express.RequestHandler {
  return (request, response, next) => {
    const path = request.path === "/" ? "/index.html" : request.path;
    const isRead = request.method === "GET" || request.method === "HEAD";
    // Names of the build alone: nothing that leads out of the folder.
    if (!isRead || !/^(?:\/[\w-][\w.-]*)+$/u.test(path)) return next();
    const made = encodings.filter(([, ending]) => existsSync(join(folder, `${path}${ending}`)));
    if (made.length === 0) return next();
    response.vary("accept-encoding");
    const [name, ending] = made.find(([encoding]) => request.acceptsEncodings(encoding)) ?? [];
    if (name === undefined) return next();
    response.type(extname(path)).set({ "content-encoding": name, "cache-control": cacheOf(path) });
    return response.sendFile(`${path}${ending}`, { root: folder, cacheControl: false });
  };
}
