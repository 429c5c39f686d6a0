/** Whether a path is one that official OpenAI clients ask, so that its errors are told in their form. */
export function isOpenAiPath(path: string): boolean {
  return /^\/v1\/(chat\/completions|completions|models|embeddings)(\/|$)/.test(path);
}
