import { resolve } from "node:path";
import { EddyError } from "../../errors.ts";
import type { Command } from "../command.ts";
import { CONFIGURATION_FILES } from "../serving/read_service_configuration.ts";

const [FILE] = CONFIGURATION_FILES;

/** `eddy init`: writes a commented configuration into the working directory. */
export const initCommand: Command = {
  name: "init",
  summary: "Write a commented configuration of a service, to change as you like",
  flags: { force: { type: "boolean", meaning: "write over a file that is there" } },
  examples: [["deno task init", `writes ./${FILE}`], ["deno task serve", "then serves what it says"]],
  async run(call, host): Promise<number> {
    const path = resolve(host.workingDirectory, FILE);
    if (!call.given("force") && await host.readText(path) !== undefined) {
      throw new EddyError("configuration_invalid", `Cannot write '${FILE}': it is there; --force writes over it`);
    }
    await host.writeText(path, CONFIGURATION_TEXT);
    host.stdout.write(
      `${FILE} is written: an agent 'router' that chooses one of three teams, and learns from right and wrong.\n` +
        "\nNext\n  deno task serve --dry-run   what it would serve\n  deno task serve             serve it\n",
    );
    return 0;
  },
};

/** What `eddy init` writes; a test reads it as a configuration. */
export const CONFIGURATION_TEXT = `import { defineConfiguration } from "@eddy/eddy";

// What Eddy serves and learns. Everything but \`agents\` may be left out; \`deno task serve --dry-run\` shows it all.
export default defineConfiguration({
  agents: {
    // An agent chooses among candidates. Ask it:
    //   curl --json '{"agent":"router","text":"my card was charged twice"}' http://127.0.0.1:8000/v1/decisions
    // and tell it, with the receipt of its answer, whether that was right:
    //   curl --json '{"receipt":"…","value":true}' http://127.0.0.1:8000/v1/feedback
    router: {
      policy: {
        // \`logistic\`: any candidates, which may differ from request to request.
        // \`belief\`: one list of many actions, told in \`options.actions\`; learns fastest from right and wrong.
        // { kind: "checkpoint", path: "runs/desk-1" } serves and improves what \`deno task train\` made.
        kind: "reward-model",
        options: { model: "logistic" },
      },
      candidates: ["billing", "technical support", "sales"],

      // What may be judged. \`comment\` and \`correction\` (what should have been done) are always accepted.
      metrics: {
        correct: {
          type: "boolean", // or "number", with a \`range\`
          level: "step", // or "episode"
          direction: "maximize",
          windowSeconds: 3600, // a judgement that comes later is kept, and not learned from
          missing: "ignore", // what silence means: "ignore", "mean", or a reward from 0 to 1
          aggregation: "first", // of several judgements of one step: first, last, mean, minimum, maximum
        },
      },
      learnsFrom: "correct",

      // "learn"; "frozen" serves and only keeps judgements; "shadow" answers with what the application did by itself
      // (\`taken\` in the request) and learns from that.
      mode: "learn",

      // "inverse-gap" tries what may be as good, and writes down how likely that was. Others: "greedy",
      // "epsilon-greedy", "softmax", "thompson".
      exploration: { kind: "inverse-gap" },

      // A new version answers \`canaryShare\` of the episodes first; everyone else follows \`delayJudgements\` behind, once
      // nothing speaks against it. Judgements that contradict all that is known freeze learning and roll it back.
      gate: { canaryShare: 0.2, delayJudgements: 64 },
    },
  },

  // One file. { kind: "postgresql" } takes the address from EDDY_DATABASE_URL.
  store: { kind: "sqlite", path: "eddy.db" },
  retentionDays: 0, // 0 keeps everything

  http: {
    host: "127.0.0.1",
    port: 8000,
    access: "open", // "keys" asks for keys, made with \`deno task keys create\`; needed for any other host
  },
});
`;
