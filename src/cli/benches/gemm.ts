import type { Kernels } from "../../kernels/mod.ts";

/** One measured figure; `ratio` is its share of `against`, measured in the same run. */
export interface GemmFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio: number;
  readonly against: string;
}

type Kind = "nn" | "nt" | "tn" | "packed_nn" | "packed_nt";

/** Name, kind and `[m, n, k]`; the last group are the products of a small transformer's training step. */
const PRODUCTS: readonly (readonly [string, Kind, readonly [number, number, number]])[] = [
  ["gemm 512x512x512", "nn", [512, 512, 512]],
  ["gemm 512x512x512 nt", "nt", [512, 512, 512]],
  ["gemm 512x512x512 tn", "tn", [512, 512, 512]],
  ["gemm 512x512x512 packed", "packed_nt", [512, 512, 512]],
  ["gemm 64x512x512", "nn", [64, 512, 512]],
  ["gemm 64x512x512 nt", "nt", [64, 512, 512]],
  ["gemm 64x512x512 packed", "packed_nt", [64, 512, 512]],
  ["decode 1x512x512", "nn", [1, 512, 512]],
  ["decode 1x512x512 packed", "packed_nt", [1, 512, 512]],
  ["decode 1x64x64 packed", "packed_nt", [1, 64, 64]],
  ["decode 8x512x512 packed", "packed_nt", [8, 512, 512]],
  ["decode 8x176x64 packed", "packed_nt", [8, 176, 64]],
  ["train x·Wᵀ 2048x64x64", "packed_nt", [2048, 64, 64]],
  ["train x·Wᵀ 2048x176x64", "packed_nt", [2048, 176, 64]],
  ["train x·Wᵀ 2048x512x64", "packed_nt", [2048, 512, 64]],
  ["train dY·W 2048x64x176", "packed_nn", [2048, 64, 176]],
  ["train dYᵀ·X 64x64x2048", "tn", [64, 64, 2048]],
  ["train dYᵀ·X 64x176x2048", "tn", [64, 176, 2048]],
  ["train dYᵀ·X 512x64x2048", "tn", [512, 64, 2048]],
  ["train x·Wᵀ 2048x64x64 nt", "nt", [2048, 64, 64]],
  ["train dY·W 2048x64x176 nn", "nn", [2048, 64, 176]],
  ["attention scores 128x128x16", "nt", [128, 128, 16]],
  ["attention scores 64x64x32", "nt", [64, 64, 32]],
  ["attention values 128x16x128", "nn", [128, 16, 128]],
  ["attention values 64x32x64", "nn", [64, 32, 64]],
];

const ROUNDS = 40;
const ROUND_FLOP = 5e7;

/** GFLOP/s of one call of `work`, which does `flop` floating-point operations. */
function rate(flop: number, work: () => void): number {
  const start = performance.now();
  work();
  return flop / (performance.now() - start) / 1e6;
}

/**
 * Measures matrix products against a loop that multiplies and adds in registers only.
 *
 * Loop and product take turns, and the best turn counts for each: what else runs on the machine disturbs both.
 */
export function benchGemm(kernels: Kernels): GemmFigure[] {
  kernels.peakMultiplyAdds(1_000_000);
  return PRODUCTS.map(([name, kind, [m, n, k]]) => {
    using bench = new kernels.GemmBench(kind, m, n, k);
    const times = Math.max(1, Math.round(ROUND_FLOP / (2 * m * n * k)));
    bench.run(times);
    let best = 0;
    let peak = 0;
    for (let round = 0; round < ROUNDS; round++) {
      peak = Math.max(peak, rate(5e5 * 96, () => kernels.peakMultiplyAdds(5e5)));
      best = Math.max(best, rate(2 * m * n * k * times, () => bench.run(times)));
    }
    const against = `register-only multiply-adds, ${peak.toFixed(1)} GFLOP/s, ${kernels.instructionSet()}`;
    return { name, value: best, unit: "GFLOP/s", ratio: best / peak, against };
  });
}
