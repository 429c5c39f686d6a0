/** One kept-alive HTTP/1.1 connection with one request under way: a client that costs a load test little. */
export interface HttpConnection extends Disposable {
  /** Sends a POST with a JSON body and reads the whole answer. @throws {Error} If the connection ends or is silent. */
  post(path: string, body: string): Promise<HttpAnswer>;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

const DEADLINE_MS = 15_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Opens a connection to a server on this machine. */
export async function openConnection(hostname: string, port: number): Promise<HttpConnection> {
  const connection = await Deno.connect({ hostname, port });
  connection.setNoDelay(true);
  const host = `host: ${hostname}:${port}\r\ncontent-type: application/json\r\n`;
  let buffer = new Uint8Array(64 * 1024);
  return {
    async post(path, body): Promise<HttpAnswer> {
      const bytes = encoder.encode(body);
      const head = encoder.encode(`POST ${path} HTTP/1.1\r\n${host}content-length: ${bytes.length}\r\n\r\n`);
      const message = new Uint8Array(head.length + bytes.length);
      message.set(head);
      message.set(bytes, head.length);
      const timer = setTimeout(() => connection.close(), DEADLINE_MS);
      try {
        for (let sent = 0; sent < message.length;) sent += await connection.write(message.subarray(sent));
        let length = 0;
        let end: { readonly status: number; readonly start: number; readonly stop: number } | undefined;
        while (!end || length < end.stop) {
          if (length === buffer.length) {
            const wider = new Uint8Array(buffer.length * 2);
            wider.set(buffer);
            buffer = wider;
          }
          const count = await connection.read(buffer.subarray(length));
          if (count === null) throw new Error("Cannot read: the server closed the connection");
          length += count;
          end ??= readHead(buffer.subarray(0, length));
        }
        return { status: end.status, body: decoder.decode(buffer.subarray(end.start, end.stop)) };
      } finally {
        clearTimeout(timer);
      }
    },
    [Symbol.dispose](): void {
      try {
        connection.close();
      } catch {
        // The server or the deadline has closed it already.
      }
    },
  };
}

/** Status and place of the body, once the head is complete. */
function readHead(bytes: Uint8Array): { status: number; start: number; stop: number } | undefined {
  const text = decoder.decode(bytes.length > 4096 ? bytes.subarray(0, 4096) : bytes);
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const status = Number(text.slice(9, 12));
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1]);
  if (!Number.isFinite(length)) throw new Error("Cannot read: the answer has no content-length");
  return { status, start: end + 4, stop: end + 4 + length };
}
