import { failureReply, HttpError, type Reply, type Request } from "./http.ts";
import type { App } from "./server.ts";

/** What serves the requests of one part of an emulator. */
export interface Routes {
  /** Undefined: the connection has been answered or ended already. */
  serve(request: Request): Promise<Reply | undefined>;
}

/** What an app is made of. */
export interface AppParts {
  /** The first whose pattern fits the path serves the request. */
  readonly routes: readonly (readonly [path: RegExp, routes: Routes])[];
  readonly state: {
    /** Makes what changed outlive the process. */
    save?(): void;
    stop(): void | Promise<void>;
  };
  /** An internal error in the form of the emulated service. */
  readonly failure: (message: string) => object;
}

/** Answers by the first fitting route; saves the state before the answer leaves. */
export function createApp({ routes, state, failure }: AppParts): App {
  const failed = failureReply(failure);
  return {
    answer: async (request) => {
      const reply = await route(routes, request).catch(failed);
      state.save?.();
      return reply;
    },
    stop: () => state.stop(),
  };
}

async function route(routes: AppParts["routes"], request: Request): Promise<Reply | undefined> {
  const [, found] = routes.find(([path]) => path.test(request.path)) ?? [];
  if (found === undefined) throw new HttpError(404, "there is nothing here");
  return found.serve(request);
}
