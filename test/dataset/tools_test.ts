import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, rejects } from "node:assert/strict";
import { readToolQueries, readTools } from "../../src/dataset/mod.ts";

async function inFolder<T>(files: Readonly<Record<string, string>>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
const line = (name: string): string => `${JSON.stringify({ id: 1, name, description: `does ${name}` })}\n`;

describe("readTools()", () => {
  it("reads a file or the folder that holds it", async () => {
    await inFolder({ "tools-8192.jsonl": line("one") + line("two"), "own.jsonl": line("three") }, async (folder) => {
      const tools = await readTools(folder);
      deepEqual(tools[1], { name: "two", description: "does two" });
      equal(tools.length, 2);
      equal((await readTools(`${folder}/own.jsonl`))[0].name, "three");
    });
  });

  it("says which line is none, and what is missing", async () => {
    await inFolder(
      { "a.jsonl": `${line("one")}{"name": 3}\n`, "b.jsonl": line("one") + line("one"), "c.jsonl": "" },
      async (folder) => {
        await rejects(readTools(`${folder}/a.jsonl`), { code: "data_invalid", message: /line 2/ });
        await rejects(readTools(`${folder}/b.jsonl`), { code: "data_invalid", message: /twice/ });
        await rejects(readTools(`${folder}/c.jsonl`), { code: "data_invalid", message: /empty/ });
        await rejects(readTools(`${folder}/d.jsonl`), { code: "data_missing" });
      },
    );
  });
});

describe("readToolQueries()", () => {
  it("reads queries with their tools, and says which line is none", async () => {
    const line = JSON.stringify({ query: "send it", relevant: ["send"], split: "x" });
    await inFolder({ "queries.jsonl": `${line}\n${line}\n` }, async (folder) => {
      deepEqual((await readToolQueries(folder))[1], { query: "send it", relevant: ["send"] });
    });
    for (const [text, message] of [[`${line}\n{"query": "a"}`, /line 2/], ["{", /line 1/], ["", /empty/]] as const) {
      await inFolder({ "queries.jsonl": text }, async (folder) => {
        await rejects(readToolQueries(folder), { code: "data_invalid", message });
      });
    }
    await inFolder(
      {},
      (folder) => rejects(readToolQueries(folder), { code: "data_missing", message: /StableToolBench/ }),
    );
  });
});
