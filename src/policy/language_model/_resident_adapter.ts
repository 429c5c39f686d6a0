import { EddyError } from "../../errors.ts";
import type { JsonObject, ModelConfig } from "../checkpoint/mod.ts";
import type { PolicySnapshot } from "../policy.ts";
import { type ActingModel, openAdapter, readLoraConfig, writeAdapter } from "../transformer/mod.ts";

/** An adapter beside a model, while it is of use. */
export interface ResidentAdapter extends Disposable {
  /** Its number within the model; it stays until it is given back. */
  take(): number;
  /** Ends one use. */
  give(): void;
  /** The model goes away, and everything beside it. */
  forsake(): void;
}

/**
 * Puts an adapter of a PEFT folder beside a model. Disposed of while answers go through it, it leaves with the last of them;
 * whoever still knows it and asks again has it put there again.
 *
 * @param leave Called with its number before it leaves: no slot may go through it any more.
 * @throws {EddyError} `model_unsupported` If it asks for other arithmetic than LoRA's; `checkpoint_invalid` If it is of another
 * model, or none.
 */
export function residentAdapter(
  model: ActingModel,
  config: ModelConfig,
  snapshot: PolicySnapshot,
  leave: (id: number) => void,
): ResidentAdapter {
  const text = snapshot.files.get("adapter_config.json");
  if (text === undefined) {
    throw new EddyError("checkpoint_invalid", "Cannot use the adapter: its folder has no adapter_config.json");
  }
  const lora = readLoraConfig(JSON.parse(text) as JsonObject, "adapter_config.json");
  let users = 0, isWanted = true;
  let id: number | undefined = enter();

  function enter(): number {
    const adapter = openAdapter(model, config, lora, null);
    try {
      writeAdapter(model, adapter, { tensors: new Map([...snapshot.tensors].filter(([name]) => !isMoments(name))) });
    } catch (error) {
      model.removeAdapter(adapter.id);
      throw error;
    }
    return adapter.id;
  }

  function leaveUnused(): void {
    if (isWanted || users > 0 || id === undefined) return;
    leave(id);
    model.removeAdapter(id);
    id = undefined;
  }

  return {
    take(): number {
      id ??= enter();
      users += 1;
      return id;
    },
    give(): void {
      users -= 1;
      leaveUnused();
    },
    forsake: () => id = undefined,
    [Symbol.dispose](): void {
      isWanted = false;
      leaveUnused();
    },
  };
}

/** The optimiser's memory is of no use to who only answers. */
function isMoments(name: string): boolean {
  return name.startsWith("optimizer.");
}
