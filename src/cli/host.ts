/** All that the command line asks of the machine it runs on: the one place where clocks, files and signals come in. */
export interface Host {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** The date and time, ISO 8601, UTC. */
  date(): string;
  /** An environment variable. */
  variable(name: string): string | undefined;
  /** Calls `listener` at each Ctrl-C or polite kill, until what it returns is called; then they end the program again. */
  onInterrupt(listener: () => void): () => void;
  /** Calls `listener` again and again. @returns What ends that. */
  every(milliseconds: number, listener: () => void): () => void;
  /** What is typed or piped in, line by line, to its end. */
  readonly stdin: { readonly isTerminal: boolean; lines(): AsyncIterable<string> };
  /** Reads a text file, or gives undefined when there is none. */
  readText(path: string): Promise<string | undefined>;
  /** Writes a text file whole or not at all; makes its folder. */
  writeText(path: string, text: string): Promise<void>;
  /** Adds to the end of a text file; its folder exists. */
  appendText(path: string, text: string): void;
  /** Where relative paths begin. */
  readonly workingDirectory: string;
  readonly machine: Machine;
}

/** Where text goes. */
export interface TextOutput {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width and height in characters; 0 where unknown. Asked anew at each use: windows change. */
  size(): { readonly columns: number; readonly rows: number };
}

/** What figures were measured on. */
export interface Machine {
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly runtime: string;
  readonly eddy: string;
}
