import { createConnection } from "node:net";

/**
 * One request to the client's UAPI socket and its answer, without the closing `errno=0`.
 * @throws Error with the daemon's errno when it takes the lines for broken.
 */
export function uapi(socket: string, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(socket).setEncoding("utf8");
    let reply = "";
    connection.setTimeout(3_000, () => connection.destroy(new Error("the client does not answer")));
    connection.on("error", reject);
    connection.on("close", () => reject(new Error("the client hung up")));
    connection.on("data", (chunk: string) => {
      reply += chunk;
      const [end, errno] = /errno=(-?\d+)\n\n$/u.exec(reply) ?? [];
      if (end === undefined) return;
      if (errno === "0") resolve(reply.slice(0, -end.length));
      else reject(new Error(`the client refused a line of the file (errno ${errno})`));
      connection.destroy();
    });
    connection.write(`${lines.join("\n")}\n\n`);
  });
}
