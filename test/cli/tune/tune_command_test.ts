import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTalker } from "../../../src/cli/chat/load_talker.ts";
import { chatCommand } from "../../../src/cli/commands/chat.ts";
import { tuneCommand } from "../../../src/cli/commands/tune.ts";
import { runCommandLine } from "../../../src/cli/run_command_line.ts";
import { loadTuning } from "../../../src/cli/tune/load_tuning.ts";
import { loadKernels } from "../../../src/kernels/mod.ts";
import { encodeSafetensors } from "../../../src/policy/mod.ts";
import { loudChatModel } from "../../learning/tune/loud_chat_model.ts";
import { type FakeHost, fakeHost } from "../fake_host.ts";

let folder = "";
const place = (name: string): string => join(folder, name);
async function* typed(line: string): AsyncGenerator<string> {
  yield line;
}
const run = (host: FakeHost, ...words: string[]): Promise<number> =>
  runCommandLine(words, [tuneCommand(loadTuning), chatCommand(loadTalker)], host);

describe("eddy tune", () => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "eddy-tune-"));
    const { files, tensors } = loudChatModel(await loadKernels());
    for (const [name, text] of files) writeFileSync(place(name), text);
    writeFileSync(place("model.safetensors"), encodeSafetensors(tensors));
    const conversation = (asked: string): string =>
      JSON.stringify({ messages: [{ role: "user", content: asked }, { role: "assistant", content: "yes" }] });
    writeFileSync(place("chats.jsonl"), ["hello", "ship", "O1", "today"].map(conversation).join("\n"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("says what it would learn and writes nothing", async () => {
    const host = fakeHost();
    equal(await run(host, "tune", folder, "--data", place("chats.jsonl"), "--out", place("run"), "--dry-run"), 0);
    match(host.out(), /^4 conversations, 0 held out\n\d+ tokens an epoch, \d+ of them learned; 2 updates\n/);
    match(host.out(), /[\d,]+ of [\d,]+ numbers learn; 0\.\d MiB, and what a batch needs\n$/);
    ok(!existsSync(place("run")));
  });

  it("stops at Ctrl-C, goes on, and is talked with afterwards", async () => {
    const first = fakeHost();
    const write = first.stdout.write;
    const stopping: FakeHost = {
      ...first,
      stdout: {
        ...first.stdout,
        write: (text) => {
          write(text);
          if (text.includes('"update":3,"updates"')) first.interrupts.forEach((interrupt) => interrupt());
        },
      },
    };
    const words = ["--data", place("chats.jsonl"), "--out", place("run"), "--epochs", "40", "--batch-tokens", "200"];
    const flags = ["--learning-rate", "0.05", "--held-out", "0.25", "--json"];
    equal(await run(stopping, "tune", folder, ...words, ...flags), 130);
    match(first.err(), /go on with 'deno task tune --resume .*run'/);
    const again = fakeHost();
    equal(await run(again, "tune", folder, ...words), 2);
    match(again.err(), /a run is kept there; go on with '--resume/);
    const other = fakeHost();
    equal(await run(other, "tune", "--resume", place("run"), "--epochs", "2"), 2);
    match(other.err(), /goes on as it was; leave out '--epochs'/);
    const rest = fakeHost();
    equal(await run(rest, "tune", "--resume", place("run"), "--json"), 0);
    const events = rest.out().trim().split("\n").map((line) => JSON.parse(line));
    deepEqual(events.filter(({ event }) => event === "update")[0].update, 4);
    equal(events.at(-1).event, "done");
    const talking = fakeHost({ lines: typed("ship") });
    equal(await run(talking, "chat", folder, "--adapter", place("run"), "--temperature", "0", "--max-tokens", "20"), 0);
    equal(talking.out(), "yes\n");
  });

  it("says what is wrong with its words and its data", async () => {
    writeFileSync(place("bad.jsonl"), "\n{}\n");
    const data = ["--data", place("chats.jsonl")];
    for (
      const [words, code, expected] of [
        [[], 2, /needs a model/],
        [[folder], 2, /needs conversations/],
        [[folder, ...data, "--full", "--rank", "4"], 2, /'--rank' means nothing/],
        [[folder, ...data, "--schedule", "steps"], 2, /there is 'cosine', 'linear', 'constant'/],
        [[folder, ...data, "--learning-rate", "fast"], 2, /'--learning-rate fast'/],
        [[folder, ...data, "--targets", "nothing"], 65, /no product of the model is called \["nothing"\]/],
        [[folder, "--data", place("bad.jsonl"), "--out", place("run")], 65, /bad\.jsonl:2: 'messages'/],
        [["--resume", place("run")], 66, /no run is kept there/],
      ] as const
    ) {
      const host = fakeHost();
      equal(await run(host, "tune", ...words), code, host.err());
      match(host.err(), expected);
    }
    ok(!existsSync(place("run")));
  });
});
