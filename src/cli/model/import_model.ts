import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { EddyError } from "../../errors.ts";
import { loadKernels } from "../../kernels/mod.ts";
import {
  checkGgufContent,
  fileHash,
  type MatrixEncoding,
  mergedSource,
  openGguf,
  openModelSource,
  sourceStamp,
  writeGguf,
} from "../../policy/mod.ts";
import type { Call } from "../command.ts";
import type { Host } from "../host.ts";
import { addressName, fetchModel, isAddress, isFileAddress } from "./fetch_model.ts";
import { shareReporter } from "./share_reporter.ts";

/** Whether an operand is a model: an address, a folder or a GGUF file. */
export function isModel(operand: string | undefined): operand is string {
  if (operand === undefined) return false;
  return isAddress(operand) || operand.endsWith(".gguf") || isFolder(operand);
}

/** `eddy import MODEL`: writes the model as one packed file. */
export async function importModel(call: Call, host: Host, model: string): Promise<number> {
  const weights = formatOf(call, "weights"), head = formatOf(call, "head");
  const out = call.text("out") ?? defaultName(model, weights);
  if (isFolder(out)) {
    throw refuse(`Cannot write '${out}': it is a folder; name a file, as in '--out ${out}/model.gguf'`);
  }
  const sha256 = checksumOf(call);
  const kernels = await loadKernels();
  const path = isAddress(model) ? await fetched(model, out, sha256, host) : checked(model, sha256);
  const adapter = call.text("adapter");
  {
    if (!isFolder(path)) {
      using file = openGguf(kernels, path);
      checkGgufContent(path, file.metadata.get("eddy.content_sha256"));
    }
    using opened = openModelSource(kernels, path);
    const source = adapter === undefined ? opened : mergedSource(kernels, opened, adapter);
    if (!source.files.has("tokenizer.json")) {
      host.stderr.write(`'${model}' has no tokenizer: the file has none, either.\n`);
    }
    const { size, contentHash } = writeGguf(kernels, source, out, {
      ...{ layers: weights, head },
      stamp: [path, adapter].map((each) => each === undefined ? "" : sourceStamp(each)).join("\n"),
      progress: shareReporter(host, "packed"),
    });
    host.stdout.write(
      `${out}: ${(size / 1e6).toFixed(1)} MB, layers ${weights}, head ${head}, content ${contentHash}\n`,
    );
  }
  if (path !== model) rmSync(path, { recursive: true });
  return 0;
}

async function fetched(url: string, out: string, sha256: string | undefined, host: Host): Promise<string> {
  const path = `${out}.${createHash("sha256").update(url).digest("hex").slice(0, 8)}${
    isFileAddress(url) ? ".gguf" : ""
  }`;
  if (existsSync(path) && !isFolder(path)) return checked(path, sha256);
  await fetchModel(url, path, sha256, host);
  return path;
}

/** A file of this machine, if it has the checksum. */
function checked(path: string, sha256: string | undefined): string {
  if (sha256 === undefined) return path;
  if (isFolder(path)) throw refuse(`Cannot use '--sha256': '${path}' is a folder, only files have a checksum`);
  if (!existsSync(path)) throw new EddyError("checkpoint_missing", `Cannot read '${path}': there is no such file`);
  const found = fileHash(path).slice("sha256:".length);
  if (found === sha256) return path;
  throw new EddyError("checkpoint_invalid", `Cannot import '${path}': its SHA-256 is ${found}, not ${sha256}`);
}

function formatOf(call: Call, flag: string): MatrixEncoding & ("e4" | "e7" | "q8") {
  const format = call.text(flag) ?? "q8";
  if (format === "e4" || format === "e7" || format === "q8") return format;
  throw refuse(`Cannot use '--${flag} ${format}': there are e4, e7 and q8`);
}

function checksumOf(call: Call): string | undefined {
  const text = call.text("sha256")?.toLowerCase();
  if (text === undefined || /^[0-9a-f]{64}$/.test(text)) return text;
  throw refuse(`Cannot use '--sha256 ${text}': expected 64 hexadecimal digits`);
}

function defaultName(model: string, weights: string): string {
  const name = isAddress(model) ? addressName(model) : basename(model).replace(/\.gguf$/, "");
  return `${name || "model"}-${weights}.gguf`;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false; // nothing there
  }
}

function refuse(message: string): EddyError {
  return new EddyError("configuration_invalid", message);
}
