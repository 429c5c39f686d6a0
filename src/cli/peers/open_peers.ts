import type { BenchModel } from "./bench_model.ts";
import { installPeers, PEER_VERSIONS } from "./install_peers.ts";
import type { Peer, PeerWork } from "./peer.ts";
import { startPeer } from "./start_peer.ts";
import { writeGgufModel } from "./write_gguf_model.ts";
import { writeOnnxModel } from "./write_onnx_model.ts";

/** The engines that packed models are measured beside. Dispose it: the folder with all they need goes. */
export interface Peers extends AsyncDisposable {
  /** Why some are not there, a sentence each. */
  readonly missing: readonly string[];
  /** Starts those that run, each with a random model of 4 or 8 bits. Dispose each. */
  start(model: BenchModel, four: boolean): Promise<Peer[]>;
  /** Seconds that a peer takes, as `Peer.measure`; undefined, and `missing` says why, if it fails. */
  measure(peer: Peer, work: PeerWork): Promise<number | undefined>;
}

const ENGINES = [
  {
    name: `wllama ${PEER_VERSIONS["@wllama/wllama"]}`,
    program: "./wllama_program.ts",
    formats: ["q4_0", "q8_0"],
    extension: "gguf",
    write: writeGgufModel,
  },
  {
    name: `onnxruntime-web ${PEER_VERSIONS["onnxruntime-web"].replace(/-.*/, "-dev")}`,
    program: "./onnxruntime_program.ts",
    formats: ["q4", "q8"],
    extension: "onnx",
    write: writeOnnxModel,
  },
] as const;

/** Fetches the peers into a temporary folder. Where that fails, none runs and `missing` says why. */
export async function openPeers(): Promise<Peers> {
  const folder = await Deno.makeTempDir({ prefix: "eddy-peers-" });
  const missing: string[] = [];
  const modules = await orMissing(missing, () => installPeers(folder));
  return {
    missing,
    async start(model, four): Promise<Peer[]> {
      const started: Peer[] = [];
      if (modules === undefined) return started;
      for (const { name, program, formats, extension, write } of ENGINES) {
        const path = `${folder}/model.${extension}`;
        const peer = await orMissing(missing, () => {
          write(path, model, four);
          return startPeer(`${name}, ${formats[four ? 0 : 1]}`, program, modules, path);
        });
        if (peer) started.push(peer);
      }
      return started;
    },
    measure: (peer, work) => orMissing(missing, () => peer.measure(work)),
    async [Symbol.asyncDispose](): Promise<void> {
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** What `open` gives; where it fails, the reason is kept. */
async function orMissing<T>(missing: string[], open: () => Promise<T>): Promise<T | undefined> {
  try {
    return await open();
  } catch (error) {
    missing.push((error as Error).message);
    return undefined;
  }
}
