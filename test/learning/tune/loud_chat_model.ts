import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kernels } from "../../../src/kernels/mod.ts";
import { encodeSafetensors, type PolicySnapshot } from "../../../src/policy/mod.ts";
import { tinyChatModel } from "../../policy/tiny_chat_model.ts";

/**
 * A tiny language model that can be sure of a token: behind its last norm, logits are at most ‖state‖·‖embedding‖, which an
 * adapter cannot raise.
 */
export function loudChatModel(kernels: Kernels): PolicySnapshot {
  const snapshot = tinyChatModel(kernels);
  const { values } = snapshot.tensors.get("model.embed_tokens.weight")!;
  for (let i = 0; i < values.length; i++) values[i] *= 8;
  return snapshot;
}

/** The same as a folder, until it is disposed of. */
export function saveLoudChatModel(kernels: Kernels): Disposable & { readonly folder: string } {
  const { files, tensors } = loudChatModel(kernels);
  const folder = mkdtempSync(join(tmpdir(), "eddy-loud-"));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "model.safetensors"), encodeSafetensors(tensors));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
