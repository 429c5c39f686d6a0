import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EddyError } from "../../errors.ts";
import { askServer, type AskServerOptions, shownAddress } from "./ask_server.ts";
import { fetchFile, type FetchFileOptions, fileVersion, UNPACKED } from "./fetch_file.ts";
import { TEXT_FILES } from "./load_checkpoint.ts";
import { readJsonObject } from "./read_json_object.ts";
import { shardsOf } from "./shards_of.ts";

/** How to fetch. */
export interface FetchFolderOptions extends Omit<FetchFileOptions, "version"> {
  /** Called with the bytes that are there, of all files. */
  readonly progress?: (bytes: number, size: number) => void;
}

const SINGLE = "model.safetensors", INDEX = "model.safetensors.index.json", SUMS = "SHA256SUMS";
/** What is there of the folder, and what the server said of each file. */
const NOTE = "eddy.download.json";
/** Answers that say that there is no such file. */
const ABSENT = [404, 410];

/** A file of the server's folder. */
interface RemoteFile {
  readonly name: string;
  readonly size: number | undefined;
  readonly version: string;
  /** SHA-256 by a hub's word. */
  readonly sha256?: string;
}

/**
 * Fetches a Hugging Face folder (configuration, tokenizer, template, weights in one file or in shards) as a static server or
 * a hub gives it. What is there stays in `path` when it is stopped, and the next call goes on, file by file and range by
 * range; a folder that is another by then is told, never mixed. Files are compared with the checksums that the folder's
 * `SHA256SUMS` and a hub's `x-linked-etag` give.
 *
 * @param url Of the folder, or of one of its files: `config.json`, the weights or their index. What it asks (`?key=…`) is asked
 * with every file.
 * @param path The folder on this machine.
 * @param options `sha256` is that of `SHA256SUMS` where the folder has one, else of `model.safetensors`.
 * @throws {EddyError} As {@linkcode fetchFile}; `checkpoint_missing` If the folder has no model that Eddy reads.
 */
export async function fetchFolder(url: string, path: string, options: FetchFolderOptions = {}): Promise<void> {
  const { progress } = options;
  const place = placeIn(url);
  mkdirSync(path, { recursive: true });
  const plan = await planOf(place, path, options);
  const known = readNote(path, url);
  const other = known && [...plan.values()].find(({ name, version, size }) => {
    const before = known.find((each) => each.name === name);
    return before === undefined || before.version !== version || before.size !== size;
  });
  if (other !== undefined && other.version !== "") {
    rmSync(path, { recursive: true, force: true });
    const advice = "what was fetched of it is removed; run the same command again, it starts from the beginning";
    throw new EddyError(
      "checkpoint_invalid",
      `Cannot fetch '${shownAddress(url)}': '${other.name}' is another than when the download began; ${advice}`,
    );
  }
  writeFileSync(join(path, NOTE), JSON.stringify({ url: keyOf(url), files: [...plan.values()] }));
  const sums = await checksumsOf(plan, place, path, options);
  const whole = [...plan.values()].reduce((sum, { size = 0 }) => sum + size, 0);
  let before = 0;
  for (const { name, size = 0, version, sha256: linked } of plan.values()) {
    // A file whose state has no name may be another by now.
    const isThere = known !== undefined && version !== "" && sizeOf(join(path, name)) === size;
    if (name !== SUMS && !isThere) {
      await fetchFile(place(name), join(path, name), {
        ...options,
        version,
        sha256: sums.get(name) ?? linked,
        progress: (bytes) => progress?.(before + bytes, Math.max(whole, before + bytes)),
      });
    }
    before += size;
    progress?.(before, Math.max(whole, before));
  }
}

/** The address of a file of the folder. */
function placeIn(url: string): (name: string) => string {
  const folder = new URL(url);
  if (/\.(json|safetensors)$/.test(folder.pathname)) folder.pathname = folder.pathname.replace(/[^/]+$/, "");
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  return (name) => {
    const file = new URL(encodeURIComponent(name), folder);
    file.search = folder.search;
    return file.href;
  };
}

/** All files of the model that the server has. */
async function planOf(
  place: (name: string) => string,
  path: string,
  options: FetchFolderOptions,
): Promise<ReadonlyMap<string, RemoteFile>> {
  const plan = new Map<string, RemoteFile>();
  const add = async (name: string): Promise<boolean> => {
    const found = plan.get(name) ?? await lookAt(place(name), name, options);
    if (found !== undefined) plan.set(name, found);
    return found !== undefined;
  };
  const missing = (name: string): never => {
    const address = shownAddress(place(""));
    throw new EddyError("checkpoint_missing", `Cannot fetch a model from '${address}': it has no '${name}'`);
  };
  if (!await add("config.json")) missing("config.json");
  const others = [SUMS, ...TEXT_FILES, "eddy.json", "eddy.safetensors"].filter((name) =>
    name !== "adapter_config.json"
  );
  await Promise.all(others.map(add));
  if (await add(SINGLE)) return plan;
  if (!await add(INDEX)) missing(`${SINGLE}' or '${INDEX}`);
  const index = join(path, INDEX);
  const { version, size } = plan.get(INDEX)!;
  if (version === "" || sizeOf(index) !== size) rmSync(index, { force: true });
  if (!existsSync(index)) await fetchFile(place(INDEX), index, { ...quiet(options), version });
  for (const name of new Set(shardsOf(readJsonObject(index), index).values())) {
    if (!await add(name)) missing(name);
  }
  return plan;
}

/** What the server says of a file; undefined where it has none. */
async function lookAt(url: string, name: string, options: AskServerOptions): Promise<RemoteFile | undefined> {
  const { signal, attempts, idleMs } = options;
  const ask = async (more: AskServerOptions): Promise<{ readonly status: number; readonly headers: Headers }> => {
    const answer = await askServer(url, { signal, attempts, idleMs, headers: UNPACKED, ...more });
    await answer.cancel();
    return answer;
  };
  let answer = await ask({ method: "HEAD", redirect: "manual" });
  // A hub says it before it sends one elsewhere.
  const linked = /^"?([0-9a-f]{64})"?$/.exec(answer.headers.get("x-linked-etag") ?? "")?.[1];
  if (answer.status >= 300 && answer.status < 400) answer = await ask({ method: "HEAD" });
  if (answer.status === 405 || answer.status === 501) {
    answer = await ask({ headers: { ...UNPACKED, range: "bytes=0-0" } });
  }
  if (ABSENT.includes(answer.status)) return undefined;
  if (answer.status !== 200 && answer.status !== 206) {
    throw new EddyError("remote_refused", `Cannot fetch '${shownAddress(url)}': the server answers ${answer.status}`);
  }
  const { headers } = answer;
  const length = answer.status === 206
    ? /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1]
    : headers.get("content-length");
  const size = length === null || length === undefined ? undefined : Number(length);
  return { name, size, version: fileVersion(headers), ...(linked !== undefined && { sha256: linked }) };
}

/** Name to SHA-256, as the folder's own list says it. */
async function checksumsOf(
  plan: ReadonlyMap<string, RemoteFile>,
  place: (name: string) => string,
  path: string,
  options: FetchFolderOptions,
): Promise<ReadonlyMap<string, string>> {
  const { sha256 } = options;
  if (!plan.has(SUMS)) {
    if (sha256 === undefined) return new Map();
    if (plan.has(SINGLE)) return new Map([[SINGLE, sha256]]);
    const state = `its weights are several files and it has no '${SUMS}' that this could be the SHA-256 of`;
    throw new EddyError(
      "configuration_invalid",
      `Cannot check '${shownAddress(place(""))}': ${state}; leave it out`,
    );
  }
  await fetchFile(place(SUMS), join(path, SUMS), { ...quiet(options), sha256 });
  const lines = readFileSync(join(path, SUMS), "utf8").split("\n");
  return new Map(lines.flatMap((line) => {
    const [, digits, name] = /^([0-9a-fA-F]{64})\s+\*?(?:\.\/)?(\S.*?)\s*$/.exec(line) ?? [];
    return digits === undefined ? [] : [[name, digits.toLowerCase()] as const];
  }));
}

function quiet(options: FetchFolderOptions): FetchFileOptions {
  return { ...options, sha256: undefined, progress: undefined };
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

/** What an earlier call saw of the same folder. */
function readNote(path: string, url: string): readonly RemoteFile[] | undefined {
  try {
    const note = JSON.parse(readFileSync(join(path, NOTE), "utf8")) as { url?: string; files?: readonly RemoteFile[] };
    return note.url === keyOf(url) && Array.isArray(note.files) ? note.files : undefined;
  } catch {
    return undefined; // no note, or half of one
  }
}

/** The folder, whatever its keys are today. */
function keyOf(url: string): string {
  return shownAddress(placeIn(url)(""));
}
