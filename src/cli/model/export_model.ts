import { EddyError } from "../../errors.ts";
import { loadKernels } from "../../kernels/mod.ts";
import {
  type MatrixEncoding,
  mergedSource,
  openModelSource,
  sourceStamp,
  writeAdapterFolder,
  writeGguf,
  writeModelFolder,
} from "../../policy/mod.ts";
import type { Call } from "../command.ts";
import type { Host } from "../host.ts";
import { shareReporter } from "./share_reporter.ts";

/** What each kind of file can hold, by the names that `--dtype` takes; the first is the default. */
const DTYPES = {
  safetensors: { f32: "f32", f16: "f16", bf16: "bf16" },
  gguf: { f16: "f16", f32: "f32", bf16: "bf16", q8_0: "q8", q4_0: "e4" },
  peft: { f32: "f32" },
} as const satisfies Readonly<Record<string, Readonly<Record<string, MatrixEncoding>>>>;

/** `eddy export MODEL --to KIND --out PATH`: writes the model for other programs. */
export async function exportModel(call: Call, host: Host): Promise<number> {
  const [model, out, to, adapter] = [call.operand, call.text("out"), call.text("to"), call.text("adapter")];
  if (to !== "safetensors" && to !== "gguf" && to !== "peft") {
    throw refuse(`Cannot use '--to ${to}': there are ${Object.keys(DTYPES).join(", ")}`);
  }
  if (model === undefined || out === undefined) {
    const example = `'eddy export models/small --to ${to} --out small-${to}'`;
    throw refuse(`Cannot export a model: say which and where to, as in ${example}`);
  }
  const dtype = dtypeOf(to, call.text("dtype"));
  if (to === "peft") {
    if (adapter !== undefined) throw refuse("Cannot use '--adapter': with '--to peft' the adapter itself is the model");
    const bytes = writeAdapterFolder(model, out);
    return told(host, out, bytes);
  }
  const kernels = await loadKernels();
  using opened = openModelSource(kernels, model);
  const source = adapter === undefined ? opened : mergedSource(kernels, opened, adapter);
  const stamp = [model, adapter].map((each) => each === undefined ? "" : sourceStamp(each)).join("\n");
  const options = { stamp, progress: shareReporter(host, "written") };
  if (to === "gguf") {
    return told(host, out, writeGguf(kernels, source, out, { ...options, layers: dtype }).size);
  }
  const floats = dtype as "f32" | "f16" | "bf16";
  return told(host, out, writeModelFolder(kernels, source, out, { ...options, dtype: floats }));
}

function dtypeOf(to: keyof typeof DTYPES, given: string | undefined): MatrixEncoding {
  const known: Readonly<Record<string, MatrixEncoding>> = DTYPES[to];
  const name = given ?? Object.keys(known)[0];
  if (Object.hasOwn(known, name)) return known[name];
  throw refuse(`Cannot use '--dtype ${name}': with '--to ${to}' there are ${Object.keys(known).join(", ")}`);
}

function told(host: Host, out: string, bytes: number): number {
  host.stdout.write(`${out}: ${(bytes / 1e6).toFixed(1)} MB\n`);
  return 0;
}

function refuse(message: string): EddyError {
  return new EddyError("configuration_invalid", message);
}
