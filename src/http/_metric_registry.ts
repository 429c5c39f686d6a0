/** Numbers of a running program in the text format of Prometheus. */
export interface MetricRegistry {
  /** A number that only rises. */
  counter(name: string, help: string, labels: readonly string[]): Counter;
  /** How often something was at most as long as each bound, in seconds. */
  histogram(name: string, help: string, labels: readonly string[]): Histogram;
  /** A number that is asked for when it is shown. */
  gauge(name: string, help: string, labels: readonly string[], read: () => Iterable<GaugeSample>): void;
  /** Everything, as text. */
  expose(): string;
}

/** One number of a gauge with the values of its labels. */
export type GaugeSample = readonly [labels: readonly string[], value: number];

/** Counts up. */
export interface Counter {
  /** Adds `many` under the values of the labels. */
  add(labels: readonly string[], many?: number): void;
}

/** Counts lengths. */
export interface Histogram {
  /** Notes one length, in seconds. */
  observe(labels: readonly string[], seconds: number): void;
}

const BOUNDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Series of one metric; what would be more is counted together, so a client cannot fill the memory. */
const MOST_SERIES = 500;
const OTHER = "other";
const SEPARATOR = "\u0001";

/** An empty registry. */
export function createMetricRegistry(): MetricRegistry {
  const shown: (() => string)[] = [];
  const head = (name: string, help: string, type: string): string => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  return {
    counter: (name, help, labels) => {
      const series = createSeries(labels.length, () => ({ value: 0 }));
      shown.push(() => head(name, help, "counter") + series.lines(({ value }, at) => line(name, labels, at, value)));
      return { add: (values, many = 1) => void (series.at(values).value += many) };
    },
    histogram: (name, help, labels) => {
      const series = createSeries(labels.length, () => ({ sum: 0, counts: new Float64Array(BOUNDS.length + 1) }));
      shown.push(() =>
        head(name, help, "histogram") + series.lines(({ sum, counts }, at) => {
          let below = 0;
          const buckets = Array.from(counts, (count, i) => {
            const bound = i < BOUNDS.length ? String(BOUNDS[i]) : "+Inf";
            return line(`${name}_bucket`, [...labels, "le"], [...at, bound], below += count);
          });
          return buckets.join("") + line(`${name}_sum`, labels, at, sum) + line(`${name}_count`, labels, at, below);
        })
      );
      return {
        observe: (values, seconds) => {
          const one = series.at(values);
          one.sum += seconds;
          const bucket = BOUNDS.findIndex((bound) => seconds <= bound);
          one.counts[bucket === -1 ? BOUNDS.length : bucket]++;
        },
      };
    },
    gauge: (name, help, labels, read) => {
      shown.push(() =>
        head(name, help, "gauge") + Array.from(read(), ([at, value]) => line(name, labels, at, value)).join("")
      );
    },
    expose: () => shown.map((show) => show()).join(""),
  };
}

/** Values by the values of labels. */
function createSeries<Value>(
  labels: number,
  create: () => Value,
): { at(values: readonly string[]): Value; lines(show: (value: Value, at: readonly string[]) => string): string } {
  const known = new Map<string, Value>();
  const at = (values: readonly string[]): Value => {
    const key = values.join(SEPARATOR);
    const value = known.get(key);
    if (value) return value;
    if (known.size >= MOST_SERIES && values[0] !== OTHER) return at(Array.from({ length: labels }, () => OTHER));
    const created = create();
    known.set(key, created);
    return created;
  };
  return {
    at,
    lines: (show) =>
      Array.from(known, ([key, value]) => show(value, labels === 0 ? [] : key.split(SEPARATOR))).join(""),
  };
}

function line(name: string, labels: readonly string[], values: readonly string[], value: number): string {
  const pairs = labels.map((label, i) => `${label}="${escape(values[i])}"`).join(",");
  return `${name}${pairs === "" ? "" : `{${pairs}}`} ${value}\n`;
}

function escape(value: string): string {
  return value.replace(/[\\"\n]/g, (char) => char === "\n" ? "\\n" : `\\${char}`);
}
