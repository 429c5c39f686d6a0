import type { ModelConfig } from "../../../checkpoint/model_config.ts";
import { type RopeConfig, ropeFrequencies, ropeScale } from "../../../checkpoint/rope_frequencies.ts";

/** Cosines and sines of one set of rotations on the device. */
export interface TurnTable {
  /** Pairs of numbers of a head that turn; 0: none does. */
  readonly pairs: number;
  /** [positions, pairs] cosine and sine; reaches as many positions as were asked for. */
  reach(positions: number): GPUBuffer;
  destroy(): void;
}

/** The set of most layers, and the one of local layers where the model has one. */
export function turnTables(device: GPUDevice, config: ModelConfig): readonly TurnTable[] {
  const local = config.localRope && { ...config.localRope, headDimension: config.headDimension };
  return [config, ...(local ? [local] : [])].map((each) => turnTable(device, each));
}

function turnTable(device: GPUDevice, config: RopeConfig): TurnTable {
  const [frequencies, scale] = [ropeFrequencies(config), ropeScale(config)];
  const pairs = frequencies.length;
  let [buffer, positions]: [GPUBuffer | undefined, number] = [undefined, 0];
  return {
    pairs,
    reach(wanted): GPUBuffer {
      if (buffer !== undefined && wanted <= positions) return buffer;
      buffer?.destroy();
      for (positions = Math.max(positions, 256); positions < wanted;) positions *= 2;
      const turns = new Float32Array(positions * pairs * 2);
      for (let at = 0, position = 0; position < positions; position++) {
        for (const frequency of frequencies) {
          const angle = Math.fround(position * frequency); // rounded as the kernels do
          turns[at++] = Math.fround(Math.cos(angle)) * scale;
          turns[at++] = Math.fround(Math.sin(angle)) * scale;
        }
      }
      buffer = device.createBuffer({ size: Math.max(8, turns.byteLength), usage: 0x80 | 0x08 });
      device.queue.writeBuffer(buffer, 0, turns);
      return buffer;
    },
    destroy: () => buffer?.destroy(),
  };
}
