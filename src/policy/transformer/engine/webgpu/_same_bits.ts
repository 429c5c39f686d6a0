import type { Buffers } from "./_buffers.ts";
import { TILED } from "./_layers.ts";
import type { Matrix } from "./_matrix.ts";
import type { Readings } from "./_readings.ts";
import type { Recorder } from "./_recorder.ts";
import { lanesOf } from "./shaders/product.ts";

/** Outputs that are compared. */
const OUTPUTS = 32;

/**
 * Whether this device's two products of a matrix give equal bits. They add in one order, but WGSL allows compilers
 * another; where one takes that liberty, everything goes through one product.
 */
export async function givesSameBits(
  { format, inner, outer, pieces: [{ weights, scales, rows }] }: Matrix,
  recorder: Recorder,
  buffers: Buffers,
  readings: Readings,
): Promise<boolean> {
  const outputs = Math.min(OUTPUTS, rows, outer), lanes = lanesOf(inner);
  const [x, none, a, b] = [
    buffers.get("probe", TILED * inner),
    buffers.get("none", 1),
    buffers.get("probe rows", TILED * OUTPUTS),
    buffers.get("probe tiles", TILED * OUTPUTS),
  ];
  buffers.write("probe", Float32Array.from({ length: TILED * inner }, (_, i) => Math.sin(i * 1.7) * (1 + i % 7)));
  const parameters = [TILED, inner, outputs, outputs, 0, 0, 0, lanes, 0];
  const rowGroups = [Math.ceil(outputs * lanes / 64), TILED] as const;
  recorder.run("rowProduct", parameters, [x, weights, scales, none, a], rowGroups, format);
  recorder.run("tileProduct", parameters, [x, weights, scales, none, b], [1, 1], format);
  const [byRows, byTiles] = [new Float32Array(TILED * outputs), new Float32Array(TILED * outputs)];
  await readings.read([{ buffer: a, into: byRows }, { buffer: b, into: byTiles }]);
  return byRows.every((value, i) => Object.is(value, byTiles[i]));
}
