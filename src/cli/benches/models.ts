import { cpuUsage } from "node:process";
import type { Kernels } from "../../kernels/mod.ts";
import type { Measurement } from "../bench.ts";
import { BENCH_MODELS, type BenchModel, CONTEXT, DECODED, HEAD_DIMENSION, weightsOf } from "../peers/bench_model.ts";
import { openPeers, type Peers } from "../peers/open_peers.ts";
import type { PeerWork } from "../peers/peer.ts";
import { randomPackedModel } from "../peers/random_packed_model.ts";

/** Format of the layers, and of embedding and head; the cache is F16. Peers have models like two of them. */
const FORMATS = [["e4", "q8"], ["e4", "e4"], ["e7", "e7"], ["q8", "q8"]] as const;

/** Tokens before what is decoded: of all, and of what is measured beside peers in the smallest size. */
const CONTEXTS = [32, CONTEXT], LONG_CONTEXTS = [...CONTEXTS, 1024, 2000];
const PEAK_ITERATIONS = 2_000_000;
const ROUNDS = 3;
/** What takes this long once is not repeated. */
const LONG_SECONDS = 15;
const NO_MASK = Uint32Array.of(0xffffffff);

/** CPU time, so that waiting for a core does not count. */
function seconds(work: () => void): number {
  const start = cpuUsage();
  work();
  const { user, system } = cpuUsage(start);
  return (user + system) / 1e6;
}

/** A peer that may fail. */
interface Beside {
  readonly name: string;
  /** Seconds, undefined if it failed. */
  measure(work: PeerWork): Promise<number | undefined>;
}

/** What one thing took. */
interface Best {
  /** Seconds. */
  readonly time: number;
  /** Dot products of a second in the peak loop. */
  readonly peak: number;
  /** What the same work took each peer, by name. */
  readonly beside: ReadonlyMap<string, number>;
}

/** The best of several rounds; the peak loop and peers take turns with the work, as what else runs disturbs all. */
async function best(kernels: Kernels, work: () => void, peers: readonly Beside[], asked: PeerWork): Promise<Best> {
  work();
  let [time, peak] = [Infinity, 0];
  const beside = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    time = Math.min(time, seconds(work));
    let done = 0;
    const took = seconds(() => done = kernels.peakDotProducts(PEAK_ITERATIONS));
    peak = Math.max(peak, done / took);
    for (const { name, measure } of peers) {
      const before = beside.get(name) ?? 0;
      if (before < LONG_SECONDS) beside.set(name, Math.min(before || Infinity, await measure(asked) ?? Infinity));
    }
  }
  return { time, peak, beside };
}

/** Prefill of 512 tokens, and greedy decoding behind a short and a long context, one sequence on one thread. */
async function measure(
  kernels: Kernels,
  sizes: BenchModel,
  [format, headFormat]: typeof FORMATS[number],
  peers: readonly Beside[],
): Promise<Measurement[]> {
  using model = randomPackedModel(kernels, sizes, format, headFormat);
  const { vocabulary, layers, heads } = sizes;
  const { layerWeights, headWeights } = weightsOf(sizes);
  const slot = Uint32Array.of(model.openSlot());
  const prompt = Uint32Array.from({ length: CONTEXT }, (_, i) => (i * 40_503) % vocabulary);
  const feed = (tokens: Uint32Array): void => model.feed(slot, Uint32Array.of(tokens.length), tokens);
  const label = format === headFormat ? format : `${format}+${headFormat} head`;
  const name = `${sizes.name} ${label} ${kernels.instructionSet()}`;

  const prefill = await best(
    kernels,
    () => {
      model.truncateSlot(slot[0], 0);
      feed(prompt);
    },
    peers,
    "prefill",
  );
  const attention = layers * heads * HEAD_DIMENSION * CONTEXT * (CONTEXT + 1);
  const figures = figuresOf(
    `${name} prefill ${CONTEXT}`,
    CONTEXT,
    layerWeights * CONTEXT + attention,
    "GMAC/s",
    prefill,
  );
  const none = new Uint32Array(), zero = Uint32Array.of(0), seed = BigUint64Array.of(0n);
  const long = sizes === BENCH_MODELS[0] && headFormat === "q8";
  for (const context of long ? LONG_CONTEXTS : CONTEXTS) {
    model.truncateSlot(slot[0], 0);
    for (let first = 0; first < context; first += CONTEXT) feed(prompt.subarray(0, Math.min(CONTEXT, context - first)));
    const decode = await best(
      kernels,
      () => {
        model.truncateSlot(slot[0], context);
        for (let i = 0; i < DECODED; i++) {
          using drawn = model.sampleLast(NO_MASK, none, 0, 0, 1, 0, seed, zero, zero, false);
          feed(drawn.tokens as Uint32Array);
        }
      },
      context === CONTEXT ? peers : [],
      "decode",
    );
    const work = (layerWeights + headWeights) * DECODED;
    figures.push(...figuresOf(`${name} decode at ${context}`, DECODED, work, "G weights/s", decode));
    if (context > CONTEXTS[0]) continue;
    // A choice between two tokens: with raw log-probabilities it takes the whole head.
    const two = new Uint32Array(Math.ceil(vocabulary / 32));
    two[0] = 2, two[two.length - 1] = 1;
    for (const raw of [true, false]) {
      const choose = await best(
        kernels,
        () => {
          model.truncateSlot(slot[0], context);
          for (let i = 0; i < DECODED; i++) {
            using drawn = model.sampleLast(zero, two, 0, 0, 1, 0, seed, zero, zero, raw);
            feed(drawn.tokens as Uint32Array);
          }
        },
        [],
        "decode",
      );
      const label = raw ? "with" : "without";
      figures.push(
        ...figuresOf(`${name} choices of two ${label} raw log-probabilities`, DECODED, work, "G weights/s", choose),
      );
    }
  }
  return figures;
}

function figuresOf(name: string, tokens: number, work: number, unit: string, best: Best): Measurement[] {
  const { time, peak, beside } = best;
  const speed = tokens / time;
  return [
    {
      ...{
        name: `${name}: ${speed.toPrecision(3)} token/s`,
        value: work / time / 1e9,
        unit,
        ratio: work / time / peak,
      },
      against: `integer dot products in registers, ${(peak / 1e9).toFixed(1)} GMAC/s`,
    },
    ...[...beside].filter(([, took]) => took < Infinity).map(([peer, took]): Measurement => ({
      ...{ name: `  Eddy beside ${peer}`, value: speed, unit: "token/s", ratio: took / time },
      against: `its ${(tokens / took).toPrecision(3)} token/s`,
    })),
  ];
}

/** Measures packed models of two sizes in all formats, on one thread, beside other engines from npm in turn. */
export async function benchModels(kernels: Kernels): Promise<readonly Measurement[]> {
  await using peers: Peers = await openPeers();
  const figures: Measurement[] = [];
  for (const sizes of BENCH_MODELS) {
    for (const formats of FORMATS) {
      const alike = formats[1] === "q8";
      const started = alike ? await peers.start(sizes, formats[0] === "e4") : [];
      try {
        const beside = started.map((peer): Beside => ({
          ...{ name: peer.name, measure: (work) => peers.measure(peer, work) },
        }));
        figures.push(...await measure(kernels, sizes, formats, beside));
      } finally {
        for (const peer of started) await peer[Symbol.asyncDispose]();
      }
    }
  }
  return [...figures, ...peers.missing.map((reason) => ({ name: reason, value: 0, unit: "peers" }))];
}
