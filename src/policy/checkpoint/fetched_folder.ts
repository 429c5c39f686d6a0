import { EddyError } from "../../errors.ts";
import { askServer, shownAddress } from "./ask_server.ts";
import { checkJsonFiles } from "./check_json_files.ts";
import { TEXT_FILES } from "./load_checkpoint.ts";
import { fetchedBytes, type ModelBytes } from "./model_bytes.ts";
import { parseJsonObject } from "./read_json_object.ts";
import { shardsOf } from "./shards_of.ts";
import { SINGLE_WEIGHTS, WEIGHTS_INDEX } from "./tensor_folder.ts";

/** A model's folder that is not on disk. */
export interface ModelFolderBytes {
  /** What errors call it. */
  readonly name: string;
  /** config.json, tokenizer.json and what else is text. */
  readonly files: ReadonlyMap<string, string>;
  /** Name to file of weights. */
  readonly weights: ReadonlyMap<string, ModelBytes>;
  /** Tensor to file, where they are several. */
  readonly shardOf?: ReadonlyMap<string, string>;
}

/** Absent files, by a server's answer. */
const ABSENT = [404, 410];

/**
 * A Hugging Face folder behind an address: its texts are fetched, its weights are read in ranges when they are needed.
 *
 * @param url Of the folder.
 * @param get What `fetch` does.
 * @throws {EddyError} `checkpoint_missing` If the folder has no model; `checkpoint_invalid` If its texts are broken.
 */
export async function fetchedFolder(url: string, get: typeof fetch = fetch): Promise<ModelFolderBytes> {
  const [, path, search] = /^([^?#]*?)\/*((?:\?[^#]*)?)(?:#.*)?$/.exec(url)!;
  const place = (name: string): string => `${path}/${encodeURIComponent(name)}${search}`;
  const text = async (name: string): Promise<string | undefined> => {
    const { status, body, cancel } = await askServer(place(name), { get });
    if (status !== 200) {
      await cancel();
      if (ABSENT.includes(status)) return undefined;
      const message = `Cannot read '${shownAddress(place(name))}': the server answers ${status}`;
      throw new EddyError("checkpoint_missing", message);
    }
    const decoder = new TextDecoder();
    let whole = "";
    for await (const bytes of body) whole += decoder.decode(bytes, { stream: true });
    return whole + decoder.decode();
  };
  const name = shownAddress(place(""));
  const names = TEXT_FILES.filter((each) => each !== "adapter_config.json");
  const found = await Promise.all(names.map(async (each) => [each, await text(each)] as const));
  const files = new Map(found.filter((each): each is readonly [string, string] => each[1] !== undefined));
  if (!files.has("config.json")) {
    throw new EddyError("checkpoint_missing", `Cannot read a model from '${name}': it has no 'config.json'`);
  }
  checkJsonFiles(files, name);
  const index = await text(WEIGHTS_INDEX);
  const shardOf = index === undefined ? undefined : shardsOf(parseJsonObject(index, WEIGHTS_INDEX), WEIGHTS_INDEX);
  const weights = new Map<string, ModelBytes>();
  for (const file of new Set(shardOf?.values() ?? [SINGLE_WEIGHTS])) {
    weights.set(file, await fetchedBytes(place(file), get));
  }
  return { name, files, weights, ...(shardOf && { shardOf }) };
}
