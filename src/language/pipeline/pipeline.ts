import { type AddedFinder, addedFinder } from "./added_tokens.ts";
import type { PieceModel } from "./make_model.ts";
import type { TokenizerFile } from "./read_tokenizer_file.ts";
import { join, slice, type SourceText, sourceText } from "./source_text.ts";

/** Ids and the UTF-16 units of the text that they stand for. */
export interface UnitSpans {
  readonly ids: number[];
  /** start0, end0, ... */
  readonly spans: number[];
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

/** A run of plain pieces, or one added token. */
type Part = readonly SourceText[] | { readonly id: number; readonly source: SourceText };

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

  function pieces(source: SourceText): readonly SourceText[] {
    let parts: readonly SourceText[] = [source];
    for (const { cut } of file.preTokenizers) parts = parts.length === 1 ? cut(parts[0]) : parts.flatMap(cut);
    return parts;
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
      const all = parts(text, parseSpecial, needsSpans).map((part) => {
        if ("id" in part) return Uint32Array.of(part.id);
        return model().encode(part.map((piece) => piece.text).join(""), bounds(part));
      });
      if (all.length === 1) return all[0];
      const ids = new Uint32Array(all.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of all) {
        ids.set(part, at);
        at += part.length;
      }
      return ids;
    },
    encodeWithSpans(text, parseSpecial): UnitSpans {
      const ids: number[] = [];
      const spans: number[] = [];
      const texts: (string | undefined)[] = [];
      for (const part of parts(text, parseSpecial, true)) {
        if ("id" in part) {
          texts[ids.length] = part.source.text;
          ids.push(part.id);
          const { starts, ends } = part.source.spans!;
          spans.push(starts[0] ?? 0, ends[ends.length - 1] ?? 0);
          continue;
        }
        if (part.length === 0) continue;
        const joined = join(part);
        const { starts, ends } = joined.spans!;
        const columns = model().encodeWithSpans(joined.text, bounds(part));
        for (let at = 0; at < columns.length; at += 3) {
          const [id, start, end] = columns.subarray(at, at + 3);
          if (unknownAsWritten && id === file.model.unknown) texts[ids.length] = joined.text.slice(start, end);
          ids.push(id);
          spans.push(starts[start], ends[end - 1]);
        }
      }
      return { ids, spans, texts };
    },
  };
}

/** Start and end of each piece in their join. */
function bounds(pieces: readonly SourceText[]): Uint32Array {
  const out = new Uint32Array(pieces.length * 2);
  let at = 0;
  pieces.forEach((piece, index) => {
    out[2 * index] = at;
    out[2 * index + 1] = at += piece.text.length;
  });
  return out;
}
