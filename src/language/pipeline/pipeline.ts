import { type AddedFinder, addedFinder } from "./added_tokens.ts";
import type { PieceModel } from "./make_model.ts";
import type { TokenizerFile } from "./read_tokenizer_file.ts";
import type { Bounds } from "./cut_pieces.ts";
import { join, slice, type SourceText, sourceText } from "./source_text.ts";

/** Ids and the UTF-16 units of the text that they stand for. */
export interface UnitSpans {
  readonly ids: Uint32Array;
  /** start0, end0, ... */
  readonly spans: Uint32Array;
  /** What ids stand for where that is not the vocabulary's text: added tokens with white space, unknown words. */
  readonly texts: (string | undefined)[];
}

/** Text to ids through all steps of a file. */
export interface Pipeline {
  encode(text: string, parseSpecial: boolean): Uint32Array;
  encodeWithSpans(text: string, parseSpecial: boolean): UnitSpans;
  /** Texts of tokens as the decoder gets them. */
  readonly decoded: ReadonlyMap<number, string>;
}

/** Plain pieces of a rewritten text, or one added token. */
type Part = { readonly source: SourceText; readonly bounds: Bounds } | {
  readonly source: SourceText;
  readonly id: number;
};

/** Builds what a file describes; `model` is called once, when a text is encoded or before. */
export function makePipeline(file: TokenizerFile, model: () => PieceModel): Pipeline {
  const normalize = (source: SourceText) => file.normalizers.reduce((text, step) => step(text), source);
  const rewritten = (text: string) => normalize(sourceText(text, false)).text;
  const written = file.added.filter((token) => !token.normalized);
  const normalized = file.added.filter((token) => token.normalized)
    .map((token) => ({ ...token, content: rewritten(token.content) })).filter((token) => token.content !== "");
  const findWritten = addedFinder(written);
  const findNormalized = addedFinder(normalized);
  const decoded = new Map(file.tokens);
  for (const { id, content } of [...file.added, ...normalized]) decoded.set(id, content);
  // only spans tell whether what is first was first
  const needsSpans = file.normalizers.length > 0 && file.preTokenizers.some((step) => step.asksFirst);

  const unknownAsWritten = file.model.kind === "unigram";

  function pieces(begun: SourceText): Part {
    let source = begun;
    let bounds: Bounds = source.text === "" ? [] : [0, source.text.length];
    for (const step of file.preTokenizers) {
      if (step.rewrite) [source, bounds] = rewritePieces(source, bounds, step.rewrite);
      if (!step.bounds) continue;
      if (bounds.length === 2 && bounds[0] === 0 && bounds[1] === source.text.length) {
        bounds = step.bounds(source.text);
        continue;
      }
      const cut: number[] = [];
      for (let piece = 0; piece < bounds.length; piece += 2) {
        for (const bound of step.bounds(source.text.slice(bounds[piece], bounds[piece + 1]))) {
          cut.push(bounds[piece] + bound);
        }
      }
      bounds = cut;
    }
    return { source, bounds };
  }

  function parts(text: string, parseSpecial: boolean, withSpans: boolean): Part[] {
    const out: Part[] = [];
    const all = sourceText(text.toWellFormed(), withSpans);
    const find = (finder: AddedFinder, source: SourceText, plain: (part: SourceText) => void) => {
      for (const { start, end, id } of finder(source.text, parseSpecial)) {
        const part = slice(source, start, end);
        if (id === undefined) plain(part);
        else out.push({ id, source: part });
      }
    };
    find(findWritten, all, (part) => find(findNormalized, normalize(part), (plain) => out.push(pieces(plain))));
    return out;
  }

  return {
    decoded,
    encode(text, parseSpecial): Uint32Array {
      const all = parts(text, parseSpecial, needsSpans).map((part) =>
        "id" in part ? Uint32Array.of(part.id) : model().encode(part.source.text, Uint32Array.from(part.bounds))
      );
      return concatenated(all);
    },
    encodeWithSpans(text, parseSpecial): UnitSpans {
      const allIds: Uint32Array[] = [];
      const allSpans: Uint32Array[] = [];
      const texts: (string | undefined)[] = [];
      let count = 0;
      for (const part of parts(text, parseSpecial, true)) {
        const { starts, ends, at } = part.source.spans!;
        if ("id" in part) {
          texts[count++] = part.source.text;
          allIds.push(Uint32Array.of(part.id));
          allSpans.push(Uint32Array.of(starts[at] ?? 0, ends[at + part.source.text.length - 1] ?? 0));
          continue;
        }
        const columns = model().encodeWithSpans(part.source.text, Uint32Array.from(part.bounds));
        const length = columns.length / 3;
        const ids = new Uint32Array(length);
        const spans = new Uint32Array(2 * length);
        for (let token = 0; token < length; token++) {
          const start = columns[3 * token + 1];
          const end = columns[3 * token + 2];
          ids[token] = columns[3 * token];
          spans[2 * token] = starts[at + start];
          spans[2 * token + 1] = ends[at + end - 1];
          if (unknownAsWritten && ids[token] === file.model.unknown) {
            texts[count + token] = part.source.text.slice(start, end);
          }
        }
        count += length;
        allIds.push(ids);
        allSpans.push(spans);
      }
      return { ids: concatenated(allIds), spans: concatenated(allSpans), texts };
    },
  };
}

/** Each piece rewritten, one after another. */
function rewritePieces(
  source: SourceText,
  bounds: Bounds,
  rewrite: (piece: SourceText) => SourceText,
): [SourceText, Bounds] {
  const rewritten: SourceText[] = [];
  const out: number[] = [];
  let at = 0;
  for (let piece = 0; piece < bounds.length; piece += 2) {
    const part = rewrite(slice(source, bounds[piece], bounds[piece + 1]));
    rewritten.push(part);
    out.push(at, at += part.text.length);
  }
  return rewritten.length === 0 ? [source, []] : [join(rewritten), out];
}

function concatenated(parts: readonly Uint32Array[]): Uint32Array {
  if (parts.length === 1) return parts[0];
  const out = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
