import { EddyError } from "../errors.ts";
import { readText } from "./_read_text.ts";

/** A tool as its document describes it. */
export interface ToolDocument {
  /** Unique. */
  readonly name: string;
  /** What it does. */
  readonly description: string;
}

const FILE = "tools-8192.jsonl";

const advice = "Name a file of one JSON object a line, with name and description, or its folder. The catalogue that " +
  "figures are told of was cut from public repositories: github.com/jentic/jentic-public-apis at bc155f7 (MIT), " +
  "github.com/microsoft/PowerPlatformConnectors at 8bff86e (MIT), github.com/ShishirPatil/gorilla at 6ea5797 and " +
  "github.com/THUNLP-MT/StableToolBench at aa4ed9f (Apache-2.0); 8,192 tools, 9,674,055 bytes, " +
  "sha256 1fe6d0895a4f4eeccff92755ae91845c0d2666fa6e7d60f09882b7ccfbaec947.";

/**
 * Reads tools, one JSON object a line, with `name` and `description`; other fields are left out.
 *
 * @param path A file, plain or `.gz`, or a folder that holds `tools-8192.jsonl` or `tools-8192.jsonl.gz`.
 * @throws {EddyError} `data_missing` If it is not there; `data_invalid`, with the line, if it is another file.
 */
export async function readTools(path: string): Promise<ToolDocument[]> {
  const [, folder, file] = /\.(jsonl|gz)$/.test(path) ? /^(.*?)([^/\\]+)$/.exec(path)! : ["", path, FILE];
  const paths = [file.replace(/\.gz$/, "")];
  const text = await readText(folder || ".", { name: "the tools", paths, advice });
  const tools = text.split("\n").flatMap((line, index) => line === "" ? [] : [toolOf(line, index + 1)]);
  const names = new Set(tools.map(({ name }) => name));
  if (tools.length > 0 && names.size === tools.length) return tools;
  const state = tools.length === 0 ? "the file is empty" : "a name stands there twice";
  throw new EddyError("data_invalid", `Cannot read the tools of '${path}': ${state}`);
}

function toolOf(line: string, number: number): ToolDocument {
  try {
    const { name, description } = JSON.parse(line) as Partial<ToolDocument>;
    if (typeof name === "string" && name.length > 1 && typeof description === "string") return { name, description };
  } catch {
    // said below, with the line
  }
  throw new EddyError("data_invalid", `Cannot read the tools: line ${number} is no object with name and description`);
}
