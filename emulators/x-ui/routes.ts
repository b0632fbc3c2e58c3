import type { IncomingHttpHeaders } from "node:http";
import type { Phrase } from "./translations.ts";

/** A call to the API. */
export interface ApiCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body. @throws Failure for what is not JSON. */
  readonly body: () => unknown;
}

/** A route of the API. */
export interface ApiRoute {
  readonly run: (call: ApiCall) => unknown;
  /** Writes take turns. */
  readonly isWrite: boolean;
  /** What a success says; undefined: nothing, it answers with an object. */
  readonly done?: Phrase | undefined;
  /** What a failure says before its reason. */
  readonly failed: Phrase;
}

/** A route that only reads and answers with an object. */
export const read = (failed: Phrase, run: ApiRoute["run"]): ApiRoute => ({
  run,
  isWrite: false,
  failed,
});

/** A route that writes. */
export const write = (done: Phrase | undefined, run: ApiRoute["run"]): ApiRoute => ({
  run,
  isWrite: true,
  done,
  failed: "wrong",
});
