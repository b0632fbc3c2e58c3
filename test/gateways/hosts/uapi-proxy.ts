import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What happens to one request: its text, and the connection. */
export type Treatment = (request: string, connection: Socket) => void;

/** A UAPI socket that handles requests as the test says, and keeps them. */
export interface FakeUapi {
  readonly socket: string;
  readonly requests: string[];
  treatment: Treatment;
  close(): Promise<void>;
}

export async function startFakeUapi(treatment: Treatment): Promise<FakeUapi> {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-test-"));
  const socket = join(folder, "fake.sock");
  const open = new Set<Socket>();
  const server = createServer((connection) => {
    open.add(connection.on("error", () => undefined));
    let request = "";
    connection.setEncoding("utf8").on("data", (chunk: string) => {
      request += chunk;
      if (!request.endsWith("\n\n")) return;
      fake.requests.push(request);
      fake.treatment(request, connection);
    });
  });
  const fake: FakeUapi = {
    socket,
    requests: [],
    treatment,
    close: async () => {
      for (const connection of open) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return fake;
}

export const silence: Treatment = () => undefined;

export const saying =
  (text: string): Treatment =>
  (_request, connection) =>
    void connection.end(text);

/** Forwards the request, and the answer back. */
export const relayTo =
  (socket: string): Treatment =>
  (request, connection) => {
    const upstream = connect(socket, () => upstream.write(request));
    upstream.pipe(connection);
  };

/** Forwards the request, waits for the answer and drops it. */
export const losingAnswersOf =
  (socket: string): Treatment =>
  (request, connection) => {
    const upstream = connect(socket, () => upstream.write(request));
    upstream.setEncoding("utf8").on("data", (answer: string) => {
      if (answer.endsWith("\n\n")) connection.destroy();
    });
  };
