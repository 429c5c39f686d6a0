import { openService, servedNames, type ServiceConfiguration } from "../../service/mod.ts";
import type { Command } from "../command.ts";
import type { Host } from "../host.ts";
import { addressName, isAddress } from "../model/fetch_model.ts";
import { cachePlace, localModel } from "../model/local_model.ts";
import { clock } from "../progress/format.ts";
import { listen } from "../serving/listen.ts";
import { readServiceConfiguration } from "../serving/read_service_configuration.ts";
import { serviceMachine } from "../serving/service_machine.ts";
import { withListening } from "../serving/with_listening.ts";
import { deviceOf } from "../device_of.ts";
import { weightsOf } from "../weights_of.ts";

/** Time between two lines about each agent. */
const REPORT_MS = 10_000;

/** `eddy serve`: serves agents over HTTP, learns from every judged step, until Ctrl-C. */
export const serveCommand: Command = {
  name: "serve",
  summary: "Serve agents over HTTP; they learn from every judged step",
  operand: {
    name: "[CONFIGURATION | CHECKPOINT | MODEL]",
    meaning:
      "eddy.config.ts unless given; a checkpoint, a run, a Hugging Face folder or a GGUF file, or its address, is served alone",
  },
  flags: {
    port: { type: "string", value: "N", meaning: "where to listen; 0 takes a free one" },
    host: { type: "string", value: "ADDRESS", meaning: "whom to listen to; 127.0.0.1 is this machine" },
    data: { type: "string", value: "FOLDER", meaning: "where the database of a checkpoint or a model goes" },
    "chat-template": { type: "string", value: "FILE", meaning: "Jinja, for a model that brings no chat template" },
    weights: {
      type: "string",
      value: "FORMAT",
      meaning: "of a model: e4, e7 or q8, four to eight bits a weight; or f32; as 'eddy import' packed it, else q8",
    },
    learn: {
      type: "boolean",
      meaning: "a language model learns from judged answers, by a LoRA adapter beside its weights",
    },
    device: {
      type: "string",
      value: "DEVICE",
      meaning: "of a model: cpu, webgpu, or auto, which measures both; cpu unless given",
    },
    adapter: {
      type: "string",
      multiple: true,
      value: "NAME=FOLDER",
      meaning:
        "a LoRA adapter beside a model, asked as 'MODEL:NAME'; newer versions are taken up as they come; repeatable",
    },
    "dry-run": { type: "boolean", meaning: "print the whole configuration and stop" },
    quiet: { type: "boolean", meaning: "say only where it listens" },
  },
  examples: [
    ["deno task serve", "what ./eddy.config.ts says; 'deno task init' writes one"],
    ["deno task serve runs/desk-1", "the last checkpoint of a run, which goes on learning"],
    ["deno task serve models/qwen2.5-0.5b.gguf", "a language model at /v1/chat/completions, as it is"],
    ["deno task serve models/small --weights e4", "the same in four bits a weight: less memory, faster"],
    [
      "deno task serve models/small --learn",
      "it learns from every judged answer, by an adapter; versions pass the gate",
    ],
    ["deno task serve models/tiny --adapter support=runs/support", "with an adapter of 'eddy tune' or PEFT beside it"],
    ["deno task serve --dry-run", "what would be served, with every default"],
    [
      `curl --json '{"text":"close ticket T69"}' http://127.0.0.1:8000/v1/decisions`,
      "asks; the dashboard is at http://127.0.0.1:8000",
    ],
  ],
  async run(call, host): Promise<number> {
    const { operand } = call;
    const remote = operand !== undefined && isAddress(operand);
    const model = !remote
      ? operand
      : call.given("dry-run")
      ? cachePlace(operand, host)
      : await localModel(operand, host);
    const found = await readServiceConfiguration(model, host, {
      // Not in the cache, which may be emptied.
      data: call.text("data") ?? (remote ? `${addressName(operand)}.eddy` : undefined),
      chatTemplate: call.text("chat-template"),
      weights: weightsOf(call),
      learn: call.given("learn"),
      device: deviceOf(call),
      adapters: call.texts("adapter"),
    });
    const configuration = withListening(found.configuration, call);
    if (call.given("dry-run")) {
      host.stdout.write(`${JSON.stringify(withoutPassword(configuration), null, 2)}\n`);
      return 0;
    }
    const service = await openService(configuration, await serviceMachine(configuration, host));
    const quiet = call.given("quiet");
    const stops: (() => void)[] = [];
    try {
      const listening = listen(service.app, configuration.http);
      const names = [...servedNames(configuration).keys()].join(", ");
      host.stdout.write(`serving ${names} of ${found.source} at ${listening.address}, until Ctrl-C\n`);
      if (!quiet) {
        host.stdout.write(`  dashboard ${listening.address}/   documentation ${listening.address}/docs\n`);
        stops.push(reportAgents(service, Object.keys(configuration.agents), host));
      }
      await new Promise<void>((resolve) => stops.push(host.onInterrupt(resolve)));
      stops.splice(0).forEach((stop) => stop());
      await listening.stop();
    } finally {
      stops.forEach((stop) => stop());
      await service[Symbol.asyncDispose]();
    }
    return 0;
  },
};

/** One line for each agent whose health has changed, and every rollback at once. */
function reportAgents(
  service: Awaited<ReturnType<typeof openService>>,
  agents: readonly string[],
  host: Host,
): () => void {
  const began = host.now();
  const say = (agent: string, text: string): void =>
    host.stdout.write(`${clock((host.now() - began) / 1000)} ${agent}: ${text}\n`);
  const told = new Map<string, string>();
  const stopTimer = host.every(REPORT_MS, () => {
    for (const agent of agents) {
      const { health } = service.loop.status(agent);
      if (told.get(agent) !== health) say(agent, health);
      told.set(agent, health);
    }
  });
  const silence = service.loop.onEvent((event) => {
    if (event.event === "warning" && event.level === "stop") say(event.agent, event.reason);
    if (event.event === "publication" && ["rollback", "freeze", "resume", "refuse"].includes(event.action)) {
      say(event.agent, `${event.action}: ${event.reason}`);
    }
  });
  return () => {
    stopTimer();
    silence();
  };
}

function withoutPassword(configuration: ServiceConfiguration): ServiceConfiguration {
  const { store } = configuration;
  if (store.kind !== "postgresql" || !store.url) return configuration;
  return { ...configuration, store: { ...store, url: store.url.replace(/\/\/([^:@/]+):[^@/]*@/, "//$1:…@") } };
}
