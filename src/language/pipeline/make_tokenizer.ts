import type { Kernels } from "../../kernels/mod.ts";
import { fromByteText } from "../_byte_alphabet.ts";
import { EddyError } from "../../errors.ts";
import type { EncodedText, EncodeOptions, TextStream, Tokenizer } from "../tokenizer.ts";
import { withoutForms } from "./_reference_characters.ts";
import { byteLevelKernel } from "./byte_level_kernel.ts";
import { decodeStream } from "./decode_stream.ts";
import { makeModel } from "./make_model.ts";
import { makePipeline } from "./pipeline.ts";
import type { MutableEncoding } from "./read_post_processor.ts";
import type { TokenizerFile } from "./read_tokenizer_file.ts";

const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The tokenizer of a file: the byte-level kernel where it can stand for the file, else step by step. */
export function makeTokenizer(kernels: Kernels, file: TokenizerFile, toJson: () => string): Tokenizer {
  const kernel = byteLevelKernel(kernels, file);
  let model = kernel ? undefined : makeModel(kernels, file.model);
  const pipeline = makePipeline(file, () => model ??= makeModel(kernels, file.model));
  const special = new Set(file.added.filter((token) => token.special).map((token) => token.content));
  const specialIds = new Set(file.added.filter((token) => token.special).map((token) => token.id));
  const fallsBackToBytes = JSON.stringify(file.json.decoder ?? null).includes('"ByteFallback"');
  const ids = [...file.tokens.keys(), ...file.added.map((token) => token.id)];
  const vocabularySize = ids.reduce((size, id) => Math.max(size, id + 1), 0);
  const normalizes = file.normalizers.length > 0;
  const inForm = (text: string) => !normalizes || (text.normalize("NFC") === text && !withoutForms.test(text));
  // the decoder reads added tokens as bytes, too, where all of their characters stand for bytes
  const plainBytes = file.added.every(({ content }) => fromByteText(content).length === encoder.encode(content).length);
  const decoder = kernel && plainBytes && isByteLevel(file.json.decoder) ? kernel : undefined;

  function decodeTokens(tokens: Iterable<number>, skipSpecial: boolean): string {
    const texts: string[] = [];
    for (const id of tokens) {
      const text = pipeline.decoded.get(id);
      if (text !== undefined && !(skipSpecial && special.has(text))) texts.push(text);
    }
    return texts.length === 0 ? "" : file.decode(texts);
  }

  /** Ids of a text, with those of the template around them. */
  function framed(ids: Uint32Array): Uint32Array {
    if (file.postProcessors.length === 0) return ids;
    const found: MutableEncoding = { ids, offsets: new Uint32Array(ids.length * 2), texts: [] };
    for (const step of file.postProcessors) step(found, true);
    return found.ids;
  }

  function withOffsets(text: string, parseSpecial: boolean): MutableEncoding {
    if (kernel && inForm(text)) {
      const columns = kernel.encodeWithOffsets(text, parseSpecial);
      const count = columns.length / 3;
      return { ids: columns.slice(0, count), offsets: columns.slice(count), texts: [] };
    }
    const { ids, spans, texts } = pipeline.encodeWithSpans(text, parseSpecial);
    if (!/[\ud800-\udbff]/.test(text)) return { ids, offsets: spans, texts };
    const points = codePoints(text);
    return { ids, offsets: spans.map((unit) => points[unit]), texts };
  }

  const tokenText = (id: number): string => {
    if (kernel) return utf8.decode(kernel.tokenBytes(id));
    return pipeline.decoded.has(id) ? textInside(file, pipeline.decoded, id) : "";
  };
  const tokenBytes = (id: number): Uint8Array => {
    if (specialIds.has(id)) return new Uint8Array();
    if (kernel) return kernel.tokenBytes(id);
    const byte = fallsBackToBytes && /^<0x([0-9A-F]{2})>$/.exec(pipeline.decoded.get(id) ?? "");
    return byte ? Uint8Array.of(parseInt(byte[1], 16)) : encoder.encode(tokenText(id));
  };
  let idOf: Map<string, number> | undefined;

  return {
    vocabularySize,
    encode(text, options: EncodeOptions = {}): Uint32Array {
      const parseSpecial = options.parseSpecial ?? false;
      const found = encoding(() =>
        kernel && inForm(text) ? kernel.encode(text, parseSpecial) : pipeline.encode(text, parseSpecial)
      );
      return options.addSpecial ? framed(found) : found;
    },
    encodeWithOffsets(text, options: EncodeOptions = {}): EncodedText {
      const found = encoding(() => withOffsets(text, options.parseSpecial ?? false));
      for (const step of file.postProcessors) step(found, options.addSpecial ?? false);
      return { ids: found.ids, offsets: found.offsets };
    },
    decode(ids, options = {}): string {
      const skip = options.skipSpecial ?? false;
      return decoder ? decoder.decode(Uint32Array.from(ids), skip) : decodeTokens(ids, skip);
    },
    stream(options = {}): TextStream {
      const skip = options.skipSpecial ?? false;
      if (!decoder || skip) return decodeStream((ids) => decodeTokens(ids, skip));
      const stream = new kernels.CharacterStream();
      return {
        push: (id) => stream.push(decoder, id),
        finish: () => stream.finish(),
        [Symbol.dispose]: () => stream.free(),
      };
    },
    token: tokenText,
    tokenBytes,
    tokenId(text): number | undefined {
      idOf ??= new Map(ids.map((id) => [tokenText(id), id] as const).reverse());
      return text === "" ? undefined : idOf.get(text) ?? file.model.vocabulary.get(text);
    },
    toJson,
    [Symbol.dispose](): void {
      model?.free();
      kernel?.free();
    },
  };
}

/** Errors of the kernels with their code. */
function encoding<T>(encode: () => T): T {
  try {
    return encode();
  } catch (cause) {
    throw new EddyError("tokenizer_invalid", `Cannot encode text: ${(cause as Error).message}`, { cause });
  }
}

function isByteLevel(decoder: unknown): boolean {
  return typeof decoder === "object" && decoder !== null && "type" in decoder && decoder.type === "ByteLevel";
}

/** Code points before each UTF-16 unit. */
function codePoints(text: string): Uint32Array {
  const points = new Uint32Array(text.length + 1);
  for (let at = 0; at < text.length; at++) {
    const low = at > 0 && (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
    points[at + 1] = points[at] + (low ? 0 : 1);
    if (low) points[at] = points[at + 1];
  }
  return points;
}

/** What a token adds to a text before it. */
function textInside(file: TokenizerFile, decoded: ReadonlyMap<number, string>, id: number): string {
  const text = decoded.get(id)!;
  if (file.added.some((token) => token.id === id)) return text;
  const both = file.decode(["a", text]);
  return both.startsWith("a") ? both.slice(1) : text;
}
