import { EddyError } from "../errors.ts";
import { readText } from "./_read_text.ts";

/** One utterance and what its speaker wants. */
export interface Utterance {
  /** What is said. */
  readonly text: string;
  /** Index into {@linkcode Clinc150.intents}. */
  readonly intent: number;
}

/** CLINC150 without its out-of-scope part. */
export interface Clinc150 {
  /** 150 names such as `book_flight`, sorted. */
  readonly intents: readonly string[];
  /** 15,000 utterances. */
  readonly train: readonly Utterance[];
  /** 3,000 utterances. */
  readonly validation: readonly Utterance[];
  /** Empty where the file has none. */
  readonly test: readonly Utterance[];
}

const FILE = {
  name: "CLINC150",
  paths: ["data_full.json", "clinc150/data_full.json", "data/data_full.json"],
  advice: "It is public: data/data_full.json of https://github.com/clinc/oos-eval (CC BY 3.0, Larson et al. 2019), " +
    "2,495,390 bytes, sha256 36923c3705a59e08fe9c3883d8bc2dd966ef93e22cb78ac41171782a698d56e0. " +
    "Put it, or a .gz of it, into a folder and name that folder with --data.",
};

/**
 * Reads CLINC150: crowd-written utterances of 150 intents (15,000 train, 3,000 validation, 4,500 test).
 *
 * @param folder Where `data_full.json` or `data_full.json.gz` stands.
 * @throws {EddyError} `data_missing` With where to get the file, if it is not there; `data_invalid` If it is another file.
 */
export async function readClinc150(folder: string): Promise<Clinc150> {
  const text = await readText(folder, FILE);
  const parts = parse(text);
  const [train, validation, test] = ["train", "val", "test"].map((name) =>
    name === "test" && !(name in parts) ? [] : pairs(parts[name], name)
  );
  const intents = [...new Set(train.map(([, intent]) => intent))].sort();
  const ids = new Map(intents.map((intent, id) => [intent, id]));
  const indexed = (part: readonly (readonly [string, string])[]): Utterance[] =>
    part.map(([text, intent]) => ({ text, intent: known(ids, intent) }));
  return { intents, train: indexed(train), validation: indexed(validation), test: indexed(test) };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw new EddyError("data_invalid", "Cannot read CLINC150: the file is not JSON", { cause });
  }
  throw new EddyError("data_invalid", "Cannot read CLINC150: the file is not an object");
}

function pairs(part: unknown, name: string): readonly (readonly [string, string])[] {
  const fits = Array.isArray(part) && part.length > 0 &&
    part.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every((value) => typeof value === "string"));
  if (!fits) throw new EddyError("data_invalid", `Cannot read CLINC150: '${name}' is not a list of [text, intent]`);
  return part;
}

function known(ids: ReadonlyMap<string, number>, intent: string): number {
  const id = ids.get(intent);
  if (id === undefined) throw new EddyError("data_invalid", `Cannot read CLINC150: '${intent}' is not in train`);
  return id;
}
