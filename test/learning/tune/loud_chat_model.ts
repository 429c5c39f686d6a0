import type { Kernels } from "../../../src/kernels/mod.ts";
import type { PolicySnapshot } from "../../../src/policy/mod.ts";
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
