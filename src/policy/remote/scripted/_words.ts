/** A stand-in's tokens: words with the white space before them, marks one by one. They join to the text. */
export function wordsOf(text: string): string[] {
  return text.match(/\s*[\p{L}\p{N}_]+|\s*[^\s\p{L}\p{N}_]|\s+$/gu) ?? [];
}

/** Tokens that a stand-in counts for a conversation: those of all that is said, and four for each message. */
export function wordsIn(messages: readonly { readonly content?: string | null }[], rest: unknown = ""): number {
  const said = messages.reduce((sum, { content }) => sum + 4 + wordsOf(content ?? "").length, 0);
  return said + wordsOf(rest === "" ? "" : JSON.stringify(rest)).length;
}
