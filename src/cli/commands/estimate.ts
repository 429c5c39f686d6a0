import { EddyError } from "../../errors.ts";
import type { Command } from "../command.ts";
import { estimatePolicy, type Interval, type PolicyEstimate } from "../estimate/estimate_policy.ts";
import { readDecisionLog } from "../estimate/read_decision_log.ts";
import { targetPolicy } from "../estimate/target_policy.ts";

/** `eddy estimate`: what another policy would have earned on logged decisions. */
export const estimateCommand: Command = {
  name: "estimate",
  summary: "Estimate what another policy would have earned on logged decisions",
  operand: { name: "LOG", meaning: "what 'eddy export' wrote, DSJSON of Vowpal Wabbit, or a CSV of Open Bandit" },
  flags: {
    policy: { type: "string", value: "POLICY", meaning: "uniform, always:ACTION, or a file of probabilities" },
    metric: { type: "string", value: "NAME", meaning: "which reward counts, where a log has several" },
    json: { type: "boolean", meaning: "one JSON object" },
  },
  examples: [
    ["deno task estimate episodes.jsonl --policy uniform", "what acting without a policy would have earned"],
    ["deno task estimate men.csv --policy always:7", "the same item for everybody"],
    ["deno task estimate log.json --policy shares.json", '{"1": 0.9, "2": 0.1}'],
  ],
  async run(call, host): Promise<number> {
    const policyText = call.text("policy");
    if (call.operand === undefined || policyText === undefined) {
      throw new EddyError(
        "configuration_invalid",
        "Cannot run 'estimate': it needs a log and a policy, as in 'eddy estimate episodes.jsonl --policy uniform'",
      );
    }
    const text = await host.readText(call.operand);
    if (text === undefined) {
      throw new EddyError("data_missing", `Cannot read '${call.operand}': there is no such file`);
    }
    const { format, decisions, skipped } = readDecisionLog(text, call.text("metric"));
    const left = [...skipped].map(([reason, count]) => `${count.toLocaleString("en-US")} ${reason}`);
    if (decisions.length < 2) {
      throw new EddyError(
        "data_invalid",
        `Cannot estimate: '${call.operand}' has ${decisions.length} decisions with rewards (left out: ${
          left.join(", ") || "none"
        })`,
      );
    }
    const policy = await targetPolicy(policyText, decisions, host.readText);
    const estimate = estimatePolicy(decisions, policy);
    if (call.given("json")) {
      const done = { event: "done", format, skipped: Object.fromEntries(skipped), policy: policyText, ...estimate };
      host.stdout.write(`${JSON.stringify(done)}\n`);
      return 0;
    }
    host.stdout.write(`${format}: ${estimate.decisions.toLocaleString("en-US")} decisions with rewards`);
    host.stdout.write(left.length === 0 ? "\n" : `; left out: ${left.join(", ")}\n`);
    host.stdout.write(page(estimate));
    return 0;
  },
};

function page({ logged, estimates, difference, effectiveSamples, warnings }: PolicyEstimate): string {
  const row = (name: string, { value, lower, upper }: Interval): string =>
    `  ${name.padEnd(16)}${short(value).padStart(10)}   ${
      Number.isFinite(lower) ? `${short(lower)} to ${short(upper)}` : "unknown: a model's word"
    }\n`;
  const verdict = difference.lower > 0
    ? "The policy would have earned more than the log."
    : difference.upper < 0
    ? "The policy would have earned less than the log."
    : "No difference from the log can be told.";
  return [
    "                       mean   95 % interval\n",
    row("the log", logged),
    ...Object.entries(estimates).map(([name, interval]) => row(name, interval)),
    row("difference", difference),
    warnings.length === 0 ? `${verdict}\n` : "Do not conclude anything from these numbers:\n",
    ...warnings.map((warning) => `  ${warning}\n`),
    `${short(effectiveSamples)} effective samples.\n`,
  ].join("");
}

function short(value: number): string {
  return `${Number(value.toPrecision(4))}`;
}
