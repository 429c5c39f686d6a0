import type { Kernels } from "../../kernels/mod.ts";
import { openSandbox } from "../../agent/mod.ts";
import type { BenchClock, Measurement } from "../bench.ts";
import { sandboxHost } from "../sandbox_host.ts";

const [WARM, CALLS, STARTS] = [500, 2000, 9];
/** A pause in which the realm of the next call is made, as between the steps of an agent. */
const PAUSE_MS = 3;
const CODE = "({ price, count }) => price * count";

/** Times one call of a small function from a warm pool, in a row and with pauses, and what a fresh process would cost. */
export async function benchSandbox(_: Kernels, clock: BenchClock): Promise<readonly Measurement[]> {
  const open = async (size: number): Promise<Awaited<ReturnType<typeof openSandbox>>> =>
    await openSandbox({ host: sandboxHost(), now: clock.now, size });
  const starts: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const began = clock.now();
    const sandbox = await open(1);
    starts.push(clock.now() - began);
    await sandbox.close();
  }
  const timed = async (size: number, pauseMs: number): Promise<number[]> => {
    const sandbox = await open(size);
    const milliseconds: number[] = [];
    for (let index = 0; index < WARM + CALLS; index++) {
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      const began = clock.now();
      await sandbox.call(CODE, { price: index, count: 2 });
      if (index >= WARM) milliseconds.push(clock.now() - began);
    }
    await sandbox.close();
    return milliseconds;
  };
  const fresh = quantile(starts, 0.5);
  const tell = (name: string, milliseconds: number[]): Measurement[] => [
    {
      name: `${name}, median`,
      value: quantile(milliseconds, 0.5),
      unit: "ms",
      ratio: quantile(milliseconds, 0.5) / fresh,
      against: "starting a process",
    },
    { name: `${name}, p99`, value: quantile(milliseconds, 0.99), unit: "ms" },
  ];
  return [
    { name: "start a process that is ready", value: fresh, unit: "ms" },
    ...tell("call, one process, in a row", await timed(1, 0)),
    ...tell("call, two processes, in a row", await timed(2, 0)),
    ...tell("call, one process, with pauses", await timed(1, PAUSE_MS)),
  ];
}

function quantile(values: number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor((values.length - 1) * share)];
}
