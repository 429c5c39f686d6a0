import { EddyError } from "../../errors.ts";
import type { TrainConfiguration } from "../../learning/mod.ts";
import type { Command } from "../command.ts";
import { renderCurveSvg } from "../report/render_curve_svg.ts";
import { writeReport } from "../report/write_report.ts";
import { readRunLog } from "../run_log.ts";

/** `eddy report`: writes a kept run's report anew, and its curve as a picture. */
export const reportCommand: Command = {
  name: "report",
  summary: "Write the report of a kept run again, or its curve as a picture",
  operand: { name: "RUN", meaning: "the folder of a run" },
  flags: {
    picture: { type: "string", value: "FILE", meaning: "write the success curve as an SVG there" },
  },
  examples: [
    ["deno task report runs/desk-7", "runs/desk-7/report.html"],
    ["deno task report runs/desk-7 --picture curve.svg", "a picture for a README"],
  ],
  async run(call, host): Promise<number> {
    if (call.operand === undefined) {
      throw new EddyError("configuration_invalid", "Cannot run 'report': it needs the folder of a run");
    }
    const run = call.operand.replace(/(?<=.)\/+$/, "");
    const events = await readRunLog(run, host);
    const kept = await host.readText(`${run}/configuration.json`);
    if (kept === undefined) {
      throw new EddyError("data_missing", `Cannot report on '${run}': it holds no configuration.json`);
    }
    const configuration = JSON.parse(kept) as TrainConfiguration;
    const command = `deno task train --preset ${configuration.preset} --seed ${configuration.seed}`;
    await writeReport(`${run}/report.html`, { events, configuration, command }, host);
    host.stdout.write(`${run}/report.html\n`);
    const picture = call.text("picture");
    if (picture) {
      await host.writeText(picture, renderCurveSvg(events));
      host.stdout.write(`${picture}\n`);
    }
    return 0;
  },
};
