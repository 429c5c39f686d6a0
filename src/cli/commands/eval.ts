import { EddyError } from "../../errors.ts";
import type { Call, Command } from "../command.ts";
import type { Host } from "../host.ts";
import type { Learning, Measuring } from "../learning.ts";
import { clock, figure } from "../progress/format.ts";
import { worldAddress } from "../world_address.ts";
import { wholeNumber } from "../whole_number.ts";

/** `eddy eval`: measures a checkpoint on held-out tasks. @param load Gives what does the measuring. */
export function evalCommand(load: () => Promise<Pick<Learning, "evaluateCheckpoint">>): Command {
  return {
    name: "eval",
    summary: "Measure a checkpoint on held-out tasks",
    operand: { name: "CHECKPOINT", meaning: "a checkpoint's folder, or the folder of a run" },
    flags: {
      episodes: { type: "string", value: "N", meaning: "how many held-out tasks" },
      seed: { type: "string", value: "N", meaning: "which tasks" },
      environment: { type: "string", value: "WORLD", meaning: "another world than the one it learned in" },
      temperature: {
        type: "string",
        value: "T",
        meaning: "0 takes the most likely action; as in the training unless given",
      },
      workers: { type: "string", value: "N", meaning: "workers at once" },
      json: { type: "boolean", meaning: "one JSON object a line" },
    },
    examples: [
      ["deno task eval runs/desk-7", "the last checkpoint of a run"],
      ["deno task eval runs/desk-7 --episodes 2000 --json", "a closer look, for machines"],
    ],
    async run(call, host): Promise<number> {
      if (call.operand === undefined) {
        throw new EddyError(
          "configuration_invalid",
          "Cannot run 'eval': it needs a checkpoint, as in 'deno task eval runs/desk-7'",
        );
      }
      const checkpoint = call.operand;
      const result = await (await load()).evaluateCheckpoint(checkpoint, readOptions(call, host));
      if (call.given("json")) {
        host.stdout.write(`${JSON.stringify({ event: "done", ...result, checkpoint })}\n`);
        return 0;
      }
      const { success, interval, episodes, meanReturn, seconds, warmStart } = result;
      const before = warmStart === null ? "" : `, ${percent(warmStart)} after its warm start`;
      host.stdout.write(
        `success ${percent(success)} (95 % interval ${percent(interval[0])} to ${
          percent(interval[1])
        }) over ${episodes} held-out tasks${before}\n` +
          `return ${figure(meanReturn)}, ${clock(seconds)}\n`,
      );
      return 0;
    },
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function readOptions(call: Call, host: Host): Measuring {
  const environment = call.text("environment");
  return {
    environment: environment === undefined ? undefined : worldAddress(environment, host.workingDirectory),
    temperature: temperature(call),
    episodes: wholeNumber(call, "episodes", 1),
    seed: wholeNumber(call, "seed", 0),
    workers: wholeNumber(call, "workers", 0),
  };
}

function temperature(call: Call): number | undefined {
  const text = call.text("temperature");
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new EddyError("configuration_invalid", `Cannot use '--temperature ${text}': expected a number of at least 0`);
}
