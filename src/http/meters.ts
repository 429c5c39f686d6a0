import { type RollingWindow, rollingWindow } from "./rolling_window.ts";

/** What an application counts, for `/metrics` and the dashboard. */
export interface Meters {
  /** One answered request. */
  answered(route: string, method: string, status: number, milliseconds: number): void;
  /** Adds to a counter of {@linkcode COUNTERS}. @param label Of the counter's one label, where it has one. */
  count(counter: keyof typeof COUNTERS, label?: string, by?: number): void;
  /** Decisions of the last minute. */
  readonly decisions: RollingWindow;
  /** Judgements of the last minute. */
  readonly feedback: RollingWindow;
  /** Everything, in Prometheus' text format. @param gauges Name, help and samples of what is known elsewhere. */
  exposition(gauges: readonly Gauge[]): string;
}

/** A figure that is asked for when it is needed. */
export interface Gauge {
  /** Without the prefix `eddy_`. */
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  /** Counters only rise. */
  readonly type: "gauge" | "counter";
  /** Each with its labels. */
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

const COUNTERS = {
  decisions: { label: "agent", help: "Decisions made durable." },
  feedback: { label: "outcome", help: "Judgements by what became of them." },
  refused: { label: "reason", help: "Requests refused before they were worked on." },
  dropped_listeners: { label: undefined, help: "Listeners of /v1/events that were too slow." },
} as const;

/** Upper bounds of the latency histogram, in seconds. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

interface Histogram {
  readonly bins: Uint32Array;
  sum: number;
  count: number;
}

/** Makes meters at zero. */
export function createMeters(): Meters {
  const requests = new Map<string, number>();
  const durations = new Map<string, Histogram>();
  const counters = new Map<string, Map<string, number>>();
  return {
    decisions: rollingWindow(),
    feedback: rollingWindow(),
    answered(route, method, status, milliseconds): void {
      const labels = labelText({ route, method, status: String(status) });
      requests.set(labels, (requests.get(labels) ?? 0) + 1);
      const key = labelText({ route, method });
      let histogram = durations.get(key);
      if (!histogram) durations.set(key, histogram = { bins: new Uint32Array(BOUNDS.length + 1), sum: 0, count: 0 });
      const bin = BOUNDS.findIndex((bound) => milliseconds <= bound * 1000);
      histogram.bins[bin < 0 ? BOUNDS.length : bin]++;
      histogram.sum += milliseconds / 1000;
      histogram.count++;
    },
    count(counter, label = "", by = 1): void {
      let values = counters.get(counter);
      if (!values) counters.set(counter, values = new Map());
      values.set(label, (values.get(label) ?? 0) + by);
    },
    exposition(gauges): string {
      const lines: string[] = [];
      const head = (name: string, type: string, help: string): void =>
        void lines.push(`# HELP eddy_${name} ${help}`, `# TYPE eddy_${name} ${type}`);
      head("http_requests_total", "counter", "Requests by route and status.");
      for (const [labels, value] of requests) lines.push(`eddy_http_requests_total${labels} ${value}`);
      head("http_request_duration_seconds", "histogram", "Time until the answer was there.");
      for (const [labels, { bins, sum, count }] of durations) {
        let below = 0;
        const bucket = (bound: string): string => labels.replace("}", `,le="${bound}"}`);
        BOUNDS.forEach((bound, index) =>
          lines.push(`eddy_http_request_duration_seconds_bucket${bucket(String(bound))} ${below += bins[index]}`)
        );
        lines.push(`eddy_http_request_duration_seconds_bucket${bucket("+Inf")} ${count}`);
        lines.push(`eddy_http_request_duration_seconds_sum${labels} ${sum}`);
        lines.push(`eddy_http_request_duration_seconds_count${labels} ${count}`);
      }
      for (const [name, { label, help }] of Object.entries(COUNTERS)) {
        head(`${name}_total`, "counter", help);
        for (const [value, count] of counters.get(name) ?? []) {
          lines.push(`eddy_${name}_total${label ? labelText({ [label]: value }) : ""} ${count}`);
        }
      }
      for (const { name, help, type, samples } of gauges) {
        head(name, type, help);
        for (const { labels, value } of samples) lines.push(`eddy_${name}${labelText(labels)} ${value}`);
      }
      return `${lines.join("\n")}\n`;
    },
  };
}

/** `{a="1",b="2"}`, escaped as Prometheus asks for; nothing where there are none. */
function labelText(labels: Readonly<Record<string, string>>): string {
  const escape = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}
