import { type RequestHandler, Router } from "express";
import { createProxyMiddleware } from "http-proxy-middleware";
import { answerProxyError } from "./proxy-error.ts";

/** List, add and clear: the page may use only these of an emulator's controls. */
const open = new Set(["GET", "POST", "DELETE"]);

/**
 * `/faults/<gateway>`: the fault rules of an emulated gateway. The emulator's path is fixed here
 * and not taken from the request, so that no request can reach its other controls.
 */
export function demoFaults(gateways: ReadonlyMap<string, string>): Router {
  const proxies = new Map([...gateways].map(([name, target]) => [name, faultsOf(target)]));
  return Router().use("/faults/:gateway", (request, response, next) => {
    const { gateway } = request.params;
    const proxy = proxies.get(gateway);
    if (request.path !== "/" || proxy === undefined || !open.has(request.method)) {
      return void response.status(404).json({ error: "There is no such switch." });
    }
    return proxy(request, response, next);
  });
}

const faultsOf = (target: string): RequestHandler =>
  createProxyMiddleware({
    target,
    pathRewrite: () => "/control/faults",
    on: { error: answerProxyError },
  });
