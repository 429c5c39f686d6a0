import { EddyError } from "../errors.ts";
import { readText } from "./_read_text.ts";

/** A request in words, and the tools that it takes. */
export interface ToolQuery {
  /** As it was said. */
  readonly query: string;
  /** Names of all tools that should be found; at least one. */
  readonly relevant: readonly string[];
}

const FILE = {
  name: "the tool queries",
  paths: ["queries.jsonl"],
  advice: "One JSON object a line, with query and relevant. Those that figures are told of are derived from " +
    "solvable_queries/test_instruction of https://github.com/THUNLP-MT/StableToolBench at aa4ed9f (Apache-2.0): 765 " +
    "queries, 213,066 bytes packed, sha256 b5c8d5b359db75f7e2364860918aed9d5c5c267616df0625e39f28ec854c423b unpacked.",
};

/**
 * Reads queries with the tools that answer them, one JSON object a line, with `query` and `relevant`; other fields are
 * left out.
 *
 * @param folder Where `queries.jsonl` or `queries.jsonl.gz` stands.
 * @throws {EddyError} `data_missing` If it is not there; `data_invalid`, with the line, if it is another file.
 */
export async function readToolQueries(folder: string): Promise<ToolQuery[]> {
  const queries = (await readText(folder, FILE)).split("\n")
    .flatMap((line, index) => line === "" ? [] : [queryOf(line, index + 1)]);
  if (queries.length > 0) return queries;
  throw new EddyError("data_invalid", `Cannot read the tool queries of '${folder}': the file is empty`);
}

function queryOf(line: string, number: number): ToolQuery {
  try {
    const { query, relevant } = JSON.parse(line) as Partial<ToolQuery>;
    const names = Array.isArray(relevant) && relevant.length > 0 && relevant.every((name) => typeof name === "string");
    if (typeof query === "string" && names) return { query, relevant };
  } catch {
    // said below, with the line
  }
  throw new EddyError("data_invalid", `Cannot read the tool queries: line ${number} is no query with names of tools`);
}
