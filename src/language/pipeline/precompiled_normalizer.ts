import { decodeBase64 } from "./decode_base64.ts";
import { invalidTokenizer } from "./json_fields.ts";
import { type Normalizer, transformed } from "./source_text.ts";

/** Longer clusters of characters are looked up character by character. */
const LONGEST_CLUSTER_BYTES = 5;

/**
 * The rules of a SentencePiece model: a double array from bytes to places among texts that end in a zero byte.
 *
 * @param charsmap Base64 of the array's length in bytes, the array, and the texts.
 * @throws {EddyError} `tokenizer_invalid` If it is cut off.
 * @see Darts-clone, https://github.com/s-yata/darts-clone
 */
export function precompiledNormalizer(charsmap: string): Normalizer {
  const rule = readRules(decodeBase64(charsmap));
  const known = new Map<string, string | undefined>();
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

  function look(text: string): string | undefined {
    if (known.has(text)) return known.get(text);
    const found = rule(text);
    if (known.size < 65536) known.set(text, found);
    return found;
  }

  function rewrite(out: [string, number][], part: string, rewritten: string): void {
    const more = [...rewritten].length - [...part].length;
    const first = out.length;
    for (const character of rewritten) out.push([character, 0]);
    for (let at = out.length - 1; at >= 0 && at >= out.length - more; at--) out[at][1] = 1;
    if (more < 0 && out.length > 0) out[Math.max(out.length, first) - 1][1] += more;
  }

  return (source) => {
    const out: [string, number][] = [];
    let changed = false;
    const put = (part: string): boolean => {
      const rewritten = look(part);
      if (rewritten === undefined) return false;
      changed = true;
      rewrite(out, part, rewritten);
      return true;
    };
    // two ASCII characters are never one cluster, save CR LF: only what lies between them needs the segmenter
    for (
      const run of source.text.match(
        /\r\n|[\0-\x7f](?=[\0-\x7f]|$)|[^](?:[^]*?)(?=(?!\r\n)[\0-\x7f]{2}|[\0-\x7f]?$)[\0-\x7f]?/gu,
      ) ?? []
    ) {
      const clusters = run.length === 1 || run === "\r\n"
        ? [run]
        : Array.from(segmenter.segment(run), (s) => s.segment);
      for (const cluster of clusters) {
        if (byteLength(cluster) <= LONGEST_CLUSTER_BYTES && put(cluster)) continue;
        for (const character of cluster) if (!put(character)) out.push([character, 0]);
      }
    }
    return changed ? transformed(source, out) : source;
  };
}

function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** What a text is rewritten to: by the shortest key that it begins with. */
function readRules(bytes: Uint8Array): (text: string) => string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.length >= 4 ? view.getUint32(0, true) : 0;
  if (bytes.length < 4 || size > bytes.length - 4) throw invalidTokenizer("'precompiled_charsmap' is cut off");
  const units = Uint32Array.from({ length: size >> 2 }, (_, unit) => view.getUint32(4 + 4 * unit, true));
  const texts = bytes.subarray(4 + 4 * units.length);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const offset = (unit: number) => (unit >>> 10) << ((unit & 0x200) >>> 6);
  return (text) => {
    if (units.length === 0) return undefined;
    let node = offset(units[0]);
    for (const byte of encoder.encode(text)) {
      if (byte === 0) return undefined;
      node ^= byte;
      const unit = units[node];
      if (unit === undefined || ((unit & 0x800000ff) >>> 0) !== byte) return undefined;
      node ^= offset(unit);
      if ((unit & 0x100) !== 0) {
        const start = (units[node] ?? 0) & 0x7fffffff;
        const end = texts.indexOf(0, start);
        return decoder.decode(texts.subarray(start, end < 0 ? texts.length : end));
      }
    }
    return undefined;
  };
}
