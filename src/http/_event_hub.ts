import type { AppDependencies } from "./app_dependencies.ts";
import { Refusal } from "./refusal.ts";
import type { StatusReport } from "./status_report.ts";

/** Tells everyone who listens what happens, as server-sent events. */
export interface EventHub extends Disposable {
  /** Listeners; never more than the limit. */
  readonly listeners: number;
  /** A new listener's stream: `status` at once, then what happens. @throws {Refusal} `overloaded` If there are too many. */
  open(): ReadableStream<Uint8Array>;
}

/** How often it speaks, and to how many. */
export interface EventHubOptions {
  /** Milliseconds between two looks at the status. Default 1000. */
  readonly tickMs?: number;
  /** Ticks between two signs of life on a quiet stream. Default 15. */
  readonly heartbeatTicks?: number;
  /** Listeners at once. Default 256. */
  readonly most?: number;
  /** Bytes that may wait for one listener; one that is further behind is let go and comes back by itself. Default 1 MiB. */
  readonly bufferBytes?: number;
}

const encoder = new TextEncoder();

/** A hub that listens to the loop, and ticks, only while somebody listens to it. */
export function createEventHub(
  { loop }: Pick<AppDependencies, "loop">,
  report: () => Promise<StatusReport>,
  { tickMs = 1000, heartbeatTicks = 15, most = 256, bufferBytes = 1 << 20 }: EventHubOptions = {},
): EventHub {
  const clients = new Set<ReadableStreamDefaultController<Uint8Array>>();
  let stop: (() => void) | undefined;
  let lastId = 0;

  return {
    get listeners(): number {
      return clients.size;
    },
    open: () => {
      if (clients.size >= most) {
        throw new Refusal("overloaded", `Cannot follow: ${most} listen already`, { "retry-after": "10" });
      }
      let own: ReadableStreamDefaultController<Uint8Array>;
      return new ReadableStream<Uint8Array>({
        start: (controller) => {
          own = controller;
          clients.add(controller);
          stop ??= begin();
          send(controller, "retry: 1000\n\n");
          tellStatus(controller);
        },
        cancel: () => remove(own),
      }, new ByteLengthQueuingStrategy({ highWaterMark: bufferBytes }));
    },
    [Symbol.dispose]: () => {
      for (const client of [...clients]) {
        remove(client);
        client.close();
      }
    },
  };

  function begin(): () => void {
    let [last, quietTicks, looking] = ["", 0, false];
    const timer = setInterval(() => {
      if (++quietTicks >= heartbeatTicks) {
        quietTicks = 0;
        tell(": still here\n\n");
      }
      if (looking) return;
      looking = true;
      report().then((status) => {
        const text = changing(status);
        if (text !== last) tell(eventText("status", status));
        last = text;
      }, () => tell(": no status now\n\n")).finally(() => looking = false);
    }, tickMs);
    const unsubscribe = loop?.onEvent((event) => tell(eventText(event.event, event)));
    return () => {
      clearInterval(timer);
      unsubscribe?.();
    };
  }

  /** Begins a listener's stream; where the store cannot be read, the next tick tries again. */
  function tellStatus(client: ReadableStreamDefaultController<Uint8Array>): void {
    report().then(
      (status) => send(client, eventText("status", status)),
      () => send(client, ": no status now\n\n"),
    );
  }

  function tell(text: string): void {
    for (const client of [...clients]) send(client, text);
  }

  function send(client: ReadableStreamDefaultController<Uint8Array>, text: string): void {
    if (!clients.has(client)) return;
    if ((client.desiredSize ?? 0) > 0) return client.enqueue(encoder.encode(text));
    remove(client);
    client.error(new Error("Cannot follow: the listener reads too slowly"));
  }

  function remove(client: ReadableStreamDefaultController<Uint8Array>): void {
    clients.delete(client);
    if (clients.size > 0) return;
    stop?.();
    stop = undefined;
  }

  function eventText(event: string, value: unknown): string {
    return `id: ${++lastId}\nevent: ${event}\ndata: ${JSON.stringify(value)}\n\n`;
  }
}

/** All of a status but the time at which it was looked at. */
function changing({ now: _, ...rest }: StatusReport): string {
  return JSON.stringify(rest);
}
