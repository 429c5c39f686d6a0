/** Lets everything else have a turn: between the parts of long reads, during which SQLite holds the thread. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
