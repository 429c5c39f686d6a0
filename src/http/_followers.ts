import { ASSIGNMENT_EVENT, type AssignmentMessage } from "./edge_messages.ts";

/** Events that wait for one edge before its stream is closed: it comes back and catches up. */
const LONGEST_QUEUE = 256;

/** A comment that ends no event. */
const HEARTBEAT = new TextEncoder().encode(": alive\n\n");

/** The edges that hear what is published. */
export interface Followers {
  /** Opens a stream of server-sent events for the agents of `first`, which it starts with. */
  open(first: readonly AssignmentMessage[]): ReadableStream<Uint8Array>;
  /** Tells everyone who follows that agent. */
  tell(message: AssignmentMessage): void;
}

/** Nobody follows yet. @param heartbeatMs Between two signs of life on each stream. @param closing Ends every stream. */
export function followers(heartbeatMs: number, closing?: AbortSignal): Followers {
  const streams = new Set<(agent: string, event: Uint8Array) => void>();
  return {
    open(first): ReadableStream<Uint8Array> {
      const agents = new Set(first.map(({ agent }) => agent));
      let end = (): void => {};
      return new ReadableStream<Uint8Array>({
        start(controller): void {
          const send = (event: Uint8Array): void => {
            controller.enqueue(event);
            if ((controller.desiredSize ?? 0) <= -LONGEST_QUEUE) close();
          };
          const hear = (agent: string, event: Uint8Array): void => agents.has(agent) ? send(event) : undefined;
          const timer = setInterval(() => send(HEARTBEAT), heartbeatMs);
          const close = (): void => {
            end();
            controller.close();
          };
          end = () => {
            clearInterval(timer);
            streams.delete(hear);
            closing?.removeEventListener("abort", close);
          };
          for (const message of first) send(encodeEvent(message));
          streams.add(hear);
          closing?.addEventListener("abort", close);
        },
        cancel: () => end(),
      });
    },
    tell(message): void {
      if (streams.size === 0) return;
      const event = encodeEvent(message);
      for (const hear of streams) hear(message.agent, event);
    },
  };
}

function encodeEvent(message: AssignmentMessage): Uint8Array {
  return new TextEncoder().encode(`event: ${ASSIGNMENT_EVENT}\ndata: ${JSON.stringify(message)}\n\n`);
}
