/** How {@linkcode Tokenizer.encode} reads a text. */
export interface EncodeOptions {
  /** Reads special tokens in the text as such. Default false: users' words are plain text. */
  readonly parseSpecial?: boolean;
  /** Adds the tokens of the file's template, such as one for the beginning of all text. Default false. */
  readonly addSpecial?: boolean;
}

/** A text's ids and where they stand in it. */
export interface EncodedText {
  /** [tokens] */
  readonly ids: Uint32Array;
  /** start0, end0, start1, end1, ... in Unicode code points, end exclusive. Ids of one character share it; tokens of the template have 0, 0. */
  readonly offsets: Uint32Array;
}

/** Text to token ids and back. Owns kernel memory: dispose it. */
export interface Tokenizer extends Disposable {
  /** Text to ids. */
  encode(text: string, options?: EncodeOptions): Uint32Array;
  /** {@linkcode encode} with the part of the text that each id stands for. */
  encodeWithOffsets(text: string, options?: EncodeOptions): EncodedText;
  /** Ids to text. Bytes that are no character become U+FFFD, ids of no token nothing. */
  decode(ids: Uint32Array | readonly number[], options?: { readonly skipSpecial?: boolean }): string;
  /** Decodes id by id, in whole characters. */
  stream(options?: { readonly skipSpecial?: boolean }): TextStream;
  /** One more than the largest id. */
  readonly vocabularySize: number;
  /** The id of a token by its text, as {@linkcode token} gives it. */
  tokenId(token: string): number | undefined;
  /** The text of a token; part of a character is U+FFFD. */
  token(id: number): string;
  /** The bytes that a token adds to a text inside of it; none for special tokens and ids of no token. */
  tokenBytes(id: number): Uint8Array;
  /** The file `tokenizer.json` in the form of Hugging Face. */
  toJson(): string;
}

/** A decoder of one growing answer. Owns kernel memory: dispose it. */
export interface TextStream extends Disposable {
  /** Adds a token; the text that became whole, or undefined while a character is incomplete. */
  push(id: number): string | undefined;
  /** The rest, with U+FFFD for broken characters. */
  finish(): string;
}
