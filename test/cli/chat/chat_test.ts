import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTalker } from "../../../src/cli/chat/load_talker.ts";
import { localTalker } from "../../../src/cli/chat/local_talker.ts";
import { remoteTalker } from "../../../src/cli/chat/remote_talker.ts";
import type { Said, Talker, TalkOptions } from "../../../src/cli/chat/talker.ts";
import { chatCommand } from "../../../src/cli/commands/chat.ts";
import { writeGgufModel } from "../../../src/cli/peers/write_gguf_model.ts";
import { runCommandLine } from "../../../src/cli/run_command_line.ts";
import { EddyError } from "../../../src/errors.ts";
import { kernelMemoryBytes, loadKernels } from "../../../src/kernels/mod.ts";
import { createScriptedChat, encodeSafetensors, openModelSource, writeGguf } from "../../../src/policy/mod.ts";
import { serveFolder } from "../../policy/folder_server.ts";
import { tinyChatModel } from "../../policy/tiny_chat_model.ts";
import { type FakeHost, fakeHost } from "../fake_host.ts";

/** What is typed: the next line is read when the last one was answered. */
async function* typed(...lines: string[]): AsyncGenerator<string> {
  yield* lines;
}

/** A model that repeats what it heard, and what it was asked. */
function echo(heard: [readonly Said[], TalkOptions][] = []): Talker {
  return {
    name: "echo",
    async *answer(said, options, signal): AsyncGenerator<string, void, undefined> {
      heard.push([said, options]);
      const { content } = said[said.length - 1];
      if (content === "fail") throw new EddyError("request_invalid", "Cannot answer: too long");
      for (const word of content.split(" ")) {
        if (signal.aborted) return;
        yield `${word} `;
        await Promise.resolve();
      }
    },
    [Symbol.dispose]: () => {},
  };
}
const run = (host: FakeHost, talker: Talker, ...words: string[]): Promise<number> =>
  runCommandLine(["chat", ...words], [chatCommand(() => Promise.resolve(talker))], host);

describe("eddy chat", () => {
  it("answers each piped line, remembers the conversation, and begins again after /reset", async () => {
    const heard: [readonly Said[], TalkOptions][] = [];
    const host = fakeHost({ lines: typed("one", "", "two", "/reset", "three") });
    equal(await run(host, echo(heard), "m", "--system", "Be kind.", "--seed", "7", "--temperature", "0"), 0);
    equal(host.out(), "one \ntwo \nthree \n");
    deepEqual(heard.map(([said]) => said.map(({ content }) => content)), [
      ["Be kind.", "one"],
      ["Be kind.", "one", "one ", "two"],
      ["Be kind.", "three"],
    ]);
    deepEqual(heard.map(([, { seed, temperature }]) => [seed, temperature]), [[7, 0], [8, 0], [9, 0]]);
  });

  it("shows where to type in a terminal, tells errors and goes on", async () => {
    const host = fakeHost({ columns: 80, rows: 24, lines: typed("fail", "hi\x1b[2J", "/exit", "never") });
    equal(await run(host, echo(), "m"), 0);
    match(host.out(), /^talking with echo; .*Ctrl-C.*\n> > hi\[2J \n> \n$/);
    equal(host.err(), "Cannot answer: too long\n");
  });

  it("ends with an error from a pipe", async () => {
    const host = fakeHost({ lines: typed("fail", "hi") });
    equal(await run(host, echo(), "m"), 65);
    equal(host.out(), "");
    match(host.err(), /too long/);
  });

  it("stops the answer at Ctrl-C, not the program; at the prompt it ends", async () => {
    const heard: [readonly Said[], TalkOptions][] = [];
    const talker = echo(heard);
    const interrupting: Talker = {
      ...talker,
      async *answer(said, options, signal): AsyncGenerator<string, void, undefined> {
        for await (const piece of talker.answer(said, options, signal)) {
          yield piece;
          if (piece === "b ") { for (const interrupt of host.interrupts) interrupt(); }
        }
      },
    };
    async function* lines(): AsyncGenerator<string> {
      yield "a b c d";
      yield "e";
      setTimeout(() => host.interrupts.forEach((interrupt) => interrupt()), 5);
      await new Promise(() => {});
    }
    const host = fakeHost({ columns: 80, rows: 24, lines: lines() });
    equal(await run(host, interrupting, "m"), 0);
    match(host.out(), /> a b \n> e \n> \n$/);
    deepEqual(heard[1][0].map(({ content }) => content), ["a b c d", "a b ", "e"]);
    equal(host.interrupts.size, 0);
  });

  it("says what is wrong with its words", async () => {
    for (
      const [words, expected] of [
        [[], /needs a model/],
        [["m", "--endpoint", "http://a.test/v1"], /give one/],
        [["--endpoint", "http://a.test/v1"], /needs '--model NAME'/],
        [["m", "--model", "x"], /give '--endpoint URL'/],
        [["m", "--temperature", "hot"], /'--temperature hot'/],
        [["m", "--top-p", "2"], /from 0 to 1/],
        [["m", "--top-k", "-1"], /whole number of at least 0/],
        [["m", "--repetition-penalty", "0"], /from 0.01 to 100/],
        [["m", "--presence-penalty", "3"], /from -2 to 2/],
        [["m", "--weights", "e5"], /'--weights e5': there are e4, e7, q8, f32/],
      ] as const
    ) {
      const host = fakeHost();
      equal(await run(host, echo(), ...words), 2);
      match(host.err(), expected);
    }
  });

  it("samples as its words say", async () => {
    const heard: [readonly Said[], TalkOptions][] = [];
    const flags = {
      ...{ "temperature": 0.5, "top-p": 0.9, "top-k": 40, "min-p": 0.05, "typical-p": 0.7 },
      ...{ "repetition-penalty": 1.1, "frequency-penalty": 0.5, "presence-penalty": -0.5 },
    };
    const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    await run(fakeHost({ lines: typed("hi") }), echo(heard), "m", ...words);
    const [[, { seed: _, maximumTokens: __, ...sampling }]] = heard;
    const { system: ___, ...told } = sampling as typeof sampling & { system?: string };
    deepEqual(told, {
      ...{ temperature: 0.5, topP: 0.9, topK: 40, minP: 0.05, typical: 0.7 },
      ...{ repetitionPenalty: 1.1, frequencyPenalty: 0.5, presencePenalty: -0.5 },
    });
    const bodies: Record<string, unknown>[] = [];
    const scripted = createScriptedChat({ seed: 1, roles: { clerk: { rules: [{ say: "yes" }] } } });
    using talker = remoteTalker({
      ...{ endpoint: "http://model.test/v1", model: "clerk" },
      fetch: async (request: Request) => {
        bodies.push(await request.clone().json());
        return await scripted.fetch(request);
      },
    });
    const answer = talker.answer([{ role: "user", content: "hi" }], { seed: 1, ...told }, new AbortController().signal);
    await answer.next();
    await answer.return();
    const { top_k, min_p, typical_p, repetition_penalty, frequency_penalty } = bodies[0];
    deepEqual([top_k, min_p, typical_p, repetition_penalty, frequency_penalty], [40, 0.05, 0.7, 1.1, 0.5]);
  });

  it("takes the key of an endpoint from the environment", async () => {
    const places: unknown[] = [];
    const command = chatCommand((place) => {
      places.push(place);
      return Promise.resolve(echo());
    });
    const host = fakeHost({ variables: { OPENAI_API_KEY: "sk-1" } });
    await runCommandLine(["chat", "--endpoint", "http://a.test/v1", "--model", "clerk"], [command], host);
    deepEqual(places, [{ endpoint: "http://a.test/v1", model: "clerk", key: "sk-1" }]);
  });
});

describe("talkers", () => {
  it("answer from a model's folder, always the same for a seed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "eddy-chat-"));
    try {
      const { tensors, files } = tinyChatModel(await loadKernels());
      for (const [name, text] of files) writeFileSync(join(folder, name), text);
      writeFileSync(join(folder, "model.safetensors"), encodeSafetensors(tensors));
      const answers: string[] = [];
      for (let time = 0; time < 2; time++) {
        const host = fakeHost({ lines: typed("hello", "and you?") });
        equal(
          await runCommandLine(["chat", folder, "--seed", "3", "--max-tokens", "8"], [chatCommand(loadTalker)], host),
          0,
        );
        answers.push(host.out());
      }
      equal(answers[0], answers[1]);
      ok(answers[0].length > 4);
      const plain = fakeHost({ lines: typed("hello") });
      const words = ["chat", folder, "--seed", "3", "--max-tokens", "8", "--weights", "f32", "--top-k", "1"];
      equal(await runCommandLine(words, [chatCommand(loadTalker)], plain), 0);
      ok(plain.out().length > 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("keep a packed file packed, unless they are told otherwise", async () => {
    const folder = mkdtempSync(join(tmpdir(), "eddy-chat-packed-"));
    try {
      const kernels = await loadKernels();
      const [plain, path] = [join(folder, "plain.gguf"), join(folder, "packed.gguf")];
      const sizes = { vocabulary: 1024, hidden: 576, layers: 2, heads: 9, keyValueHeads: 3, intermediate: 1536 };
      writeGgufModel(plain, { name: "plain", ...sizes }, true);
      {
        using source = openModelSource(kernels, plain);
        writeGguf(kernels, source, path, { layers: "e4" });
      }
      const grown: number[] = [];
      for (const weights of [undefined, "f32"] as const) {
        const before = kernelMemoryBytes(kernels);
        using _talker = await localTalker({ path, weights }, {
          ...{ now: () => new Date(0), milliseconds: () => 0, note: () => {} },
        });
        grown.push((kernelMemoryBytes(kernels) - before) / 2 ** 20);
      }
      // 7.7 million weights: four bits and a half, or 32, of each, and the pieces that are read.
      ok(grown[0] < 12 && grown[1] > 24, grown.join());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("answer from an address, which is fetched once", async () => {
    const cache = mkdtempSync(join(tmpdir(), "eddy-chat-cache-"));
    const { tensors, files } = tinyChatModel(await loadKernels());
    const bytes = [...files].map(([name, text]) => [name, new TextEncoder().encode(text)] as const);
    await using server = serveFolder(
      new Map([...bytes, ["model.safetensors", new Uint8Array(encodeSafetensors(tensors))] as const]),
    );
    try {
      const answers: string[] = [];
      for (let time = 0; time < 2; time++) {
        const host = fakeHost({ lines: typed("hello"), variables: { EDDY_CACHE: cache } });
        const words = ["chat", server.url, "--seed", "3", "--max-tokens", "8"];
        equal(await runCommandLine(words, [chatCommand(loadTalker)], host), 0, host.err());
        equal(/100 % fetched\nkept in .*small; remove it/.test(host.err()), time === 0, host.err());
        answers.push(host.out());
        server.asked.length = 0;
        await server.kill();
      }
      equal(answers[0], answers[1]);
    } finally {
      rmSync(cache, { recursive: true });
    }
  });

  it("answer from an endpoint, and stop without an error when they are told to", async () => {
    const scripted = createScriptedChat({ seed: 1, roles: { clerk: { rules: [{ say: "one two three" }] } } });
    using talker = remoteTalker({ endpoint: "http://model.test/v1", model: "clerk", fetch: scripted.fetch });
    const said = [{ role: "user", content: "count" }] as const;
    const pieces: string[] = [];
    for await (const piece of talker.answer(said, { seed: 1 }, new AbortController().signal)) pieces.push(piece);
    deepEqual(pieces, ["one", " two", " three"]);
    for await (const piece of talker.answer(said, { seed: 1 }, AbortSignal.abort())) pieces.push(piece);
    equal(pieces.length, 3);
  });
});
