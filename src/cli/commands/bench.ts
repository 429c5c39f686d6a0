import { EddyError } from "../../errors.ts";
import { loadKernels } from "../../kernels/mod.ts";
import { nearest } from "../../nearest.ts";
import { BENCHES } from "../benches.ts";
import type { Bench, Measurement } from "../bench.ts";
import type { Command } from "../command.ts";
import type { Machine } from "../host.ts";
import { figure } from "../progress/format.ts";

/** `eddy bench`: measures Eddy on this machine, each figure beside what it is compared with. */
export const benchCommand: Command = benchCommandOf(BENCHES);

/** The command over another table of benches. */
export function benchCommandOf(benches: Readonly<Record<string, () => Promise<Bench>>>): Command {
  const names = Object.keys(benches);
  return {
    name: "bench",
    summary: "Print the measured figures as ratios, with machine and date",
    operand: { name: "[NAME...]", meaning: `${names.join(", ") || "none yet"}; all unless given`, many: true },
    flags: {
      only: { type: "string", multiple: true, value: "NAME", meaning: "the same as a flag" },
      json: { type: "boolean", meaning: "one JSON object a line" },
    },
    examples: [
      ["deno task bench", "everything; takes minutes"],
      [`deno task bench ${names[0] ?? "NAME"}`, "one of them"],
    ],
    async run(call, host): Promise<number> {
      const given = [...call.operands, ...call.texts("only")];
      const wanted = given.length ? given : names;
      for (const name of wanted) {
        if (Object.hasOwn(benches, name)) continue;
        const known = nearest(name, names);
        throw new EddyError(
          "configuration_invalid",
          `Cannot run bench '${name}': unknown${known ? `; did you mean '${known}'?` : ""}`,
        );
      }
      const json = call.given("json");
      const kernels = await loadKernels();
      const machine = { ...host.machine, instructionSet: kernels.instructionSet(), date: host.date() };
      if (!json) host.stdout.write(header(machine));
      for (const name of wanted) {
        const bench = await benches[name]();
        for (const measurement of await bench(kernels, { now: host.now })) {
          host.stdout.write(json ? `${JSON.stringify({ ...measurement, machine })}\n` : line(measurement));
        }
      }
      return 0;
    },
  };
}

function header(machine: Machine & { readonly instructionSet: string; readonly date: string }): string {
  const { processor, cores, memoryGiB, system, runtime, eddy, instructionSet, date } = machine;
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}\n` +
    `${runtime}, ${instructionSet}, Eddy ${eddy}, ${date.slice(0, 16).replace("T", " ")} UTC\n\n`;
}

function line({ name, value, unit, ratio, against }: Measurement): string {
  const compared = ratio === undefined ? "" : `  ${ratio.toFixed(2)} × ${against}`;
  return `${name.padEnd(34)} ${figure(value).padStart(9)} ${unit.padEnd(10)}${compared}`.trimEnd() + "\n";
}
