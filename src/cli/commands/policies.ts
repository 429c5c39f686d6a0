import { EddyError } from "../../errors.ts";
import type { Assignment, PolicyVersion, PublicationEvent } from "../../store/mod.ts";
import type { Call, Command } from "../command.ts";
import { figure, metricName, plainText } from "../progress/format.ts";
import { askService, type ServiceAddress } from "../serving/ask_service.ts";

/** What serves an agent: one of `GET /v1/policies`, and the answer to every change. */
interface AgentServing {
  readonly agent: string;
  readonly assignment: Assignment;
}

/** What `GET /v1/policies/:agent` answers. */
interface AgentVersions extends AgentServing {
  readonly versions: readonly PolicyVersion[];
  readonly history: readonly PublicationEvent[];
}

const ACTIONS = ["list", "show", "publish", "canary", "rollback", "resume", "diff"];

/** `eddy policies`: the versions of a running service's agents. */
export const policiesCommand: Command = {
  name: "policies",
  summary: "Look at the versions of a running service, publish one, try one, go back",
  operand: { name: "ACTION [AGENT] [VERSION …]", meaning: ACTIONS.join(", "), many: true },
  flags: {
    server: { type: "string", value: "URL", meaning: "of the service; http://127.0.0.1:8000, or EDDY_SERVER" },
    share: { type: "string", value: "SHARE", meaning: "of the episodes that a canary answers; 0.1 unless given" },
    limit: { type: "string", value: "N", meaning: "list: versions, and lines of history; 20 unless given" },
    "learn-quarantined": { type: "boolean", meaning: "resume: learn what came in while frozen; skipped otherwise" },
    json: { type: "boolean", meaning: "what the service answers, as it is" },
  },
  examples: [
    ["deno task policies list", "every agent, with what serves"],
    ["deno task policies show router 41", "one version with the figures of its gate"],
    ["deno task policies canary router 41 --share 0.1", "a tenth of the episodes get version 41"],
    ["deno task policies rollback router", "back to what was published before"],
    ["deno task policies diff router 40 41", "what changed between two versions"],
  ],
  async run(call, host): Promise<number> {
    const [action = "list", agent, ...versions] = call.operands;
    const service: ServiceAddress = {
      server: call.text("server") ?? host.variable("EDDY_SERVER") ?? "http://127.0.0.1:8000",
      key: host.variable("EDDY_KEY"),
    };
    const answer = await act(action, agent, versions, service, call);
    host.stdout.write(
      call.given("json") ? `${JSON.stringify(answer.json)}\n` : `${answer.text.map(plainText).join("\n")}\n`,
    );
    return 0;
  },
};

interface Answer {
  readonly json: unknown;
  readonly text: readonly string[];
}

async function act(
  action: string,
  agent: string | undefined,
  versions: readonly string[],
  service: ServiceAddress,
  call: Call,
): Promise<Answer> {
  if (!ACTIONS.includes(action)) throw refuse(`Cannot run 'policies ${action}': there are ${ACTIONS.join(", ")}`);
  if (action === "list" && agent === undefined) {
    const answer = await askService<{ readonly policies: readonly AgentServing[] }>(service, "GET", "/v1/policies");
    return { json: answer, text: answer.policies.map(({ agent, assignment }) => `${agent}  ${serving(assignment)}`) };
  }
  if (agent === undefined) {
    throw refuse(`Cannot run 'policies ${action}': say which agent, as in 'eddy policies ${action} router'`);
  }
  const path = `/v1/policies/${encodeURIComponent(agent)}`;
  const number = (index: number): number => versionNumber(action, versions[index]);
  const change = async (name: string, body: unknown): Promise<Answer> => {
    const after = await askService<AgentServing>(service, "POST", `${path}/${name}`, body);
    const { history } = await askService<AgentVersions>(service, "GET", `${path}?limit=1`);
    return { json: after, text: [`${agent}  ${serving(after.assignment)}`, ...history.map(historyLine)] };
  };
  switch (action) {
    case "list": {
      const kept = await askService<AgentVersions>(service, "GET", `${path}?limit=${limit(call)}`);
      return {
        json: kept,
        text: [
          `${agent}  ${serving(kept.assignment)}`,
          "",
          "versions, newest first",
          ...kept.versions.map(versionLine),
          "",
          "history, newest first",
          ...kept.history.map(historyLine),
        ],
      };
    }
    case "show": {
      const version = await askService<PolicyVersion>(service, "GET", `${path}/${number(0)}`);
      return { json: version, text: [versionLine(version), ...reportLines(version.report)] };
    }
    case "diff": {
      const [before, after] = await Promise.all(
        [number(0), number(1)].map((version) => askService<PolicyVersion>(service, "GET", `${path}/${version}`)),
      );
      return { json: { before, after }, text: diffLines(before, after) };
    }
    case "publish":
      return await change("publish", { version: number(0) });
    case "canary":
      return await change("canary", { version: number(0), share: share(call) });
    case "rollback":
      return await change("rollback", versions.length > 0 ? { version: number(0) } : {});
    default: // resume
      return await change("resume", { learnQuarantined: call.given("learn-quarantined") });
  }
}

function serving({ incumbent, canary }: Assignment): string {
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  if (!canary) return `version ${incumbent} serves 100 %`;
  return `version ${incumbent} serves ${percent(1 - canary.share)}, version ${canary.version} is tried on ${
    percent(canary.share)
  }`;
}

function versionLine({ version, parent, createdAt, learnedUpTo, contentHash, bytes }: PolicyVersion): string {
  const kept = contentHash === undefined
    ? "rebuilt from judgements"
    : `${contentHash.slice(0, 12)} ${Math.round((bytes ?? 0) / 1024).toLocaleString("en-US")} KiB`;
  return [
    version.toString().padStart(6),
    time(createdAt),
    `learned ${learnedUpTo.toLocaleString("en-US").padStart(7)} judgements`,
    (parent === undefined ? "" : `from ${parent}`).padEnd(11),
    kept,
  ].join("  ");
}

function historyLine({ at, action, version, reason, by }: PublicationEvent): string {
  return `  ${time(at)}  ${action.padEnd(8)} ${version.toString().padStart(6)}  ${reason} (${by})`;
}

function reportLines(report: PolicyVersion["report"]): string[] {
  return figureLines(Object.entries(report).map(([name, value]) => [name, figure(value)]));
}

function diffLines(before: PolicyVersion, after: PolicyVersion): string[] {
  const names = [...new Set([...Object.keys(before.report), ...Object.keys(after.report)])];
  const shown = (value: number | undefined): string => value === undefined ? "–" : figure(value);
  const judgements = after.learnedUpTo - before.learnedUpTo;
  const seconds = (after.createdAt - before.createdAt) / 1000;
  const than = (difference: number, more: string, less: string): string => difference < 0 ? less : more;
  return [
    `${before.version} → ${after.version}: ${Math.abs(judgements).toLocaleString("en-US")} judgements ${
      than(judgements, "more", "fewer")
    }, ${Math.abs(seconds).toFixed(1)} s ${than(seconds, "later", "earlier")}`,
    ...figureLines(names.map((name) => [name, `${shown(before.report[name])} → ${shown(after.report[name])}`])),
  ];
}

function figureLines(rows: readonly (readonly [name: string, figures: string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => metricName(name).length));
  return rows.map(([name, figures]) => `  ${metricName(name).padEnd(width)}  ${figures}`);
}

function time(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}

function versionNumber(action: string, text: string | undefined): number {
  const version = Number(text);
  if (text !== undefined && Number.isSafeInteger(version) && version >= 0) return version;
  throw refuse(`Cannot run 'policies ${action}': '${text ?? ""}' is no version; see 'eddy policies list AGENT'`);
}

function limit(call: Call): number {
  const value = Number(call.text("limit") ?? 20);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw refuse(`Cannot use '--limit ${call.text("limit")}': expected a whole number of at least 1`);
}

function share(call: Call): number {
  const value = Number(call.text("share") ?? 0.1);
  if (value > 0 && value < 1) return value;
  throw refuse(`Cannot use '--share ${call.text("share")}': expected a share between 0 and 1, as in 0.1`);
}

function refuse(message: string): EddyError {
  return new EddyError("configuration_invalid", message);
}
