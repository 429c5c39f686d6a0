/** A function as it is proposed. */
export interface FunctionDraft {
  /** What it is to be called by. */
  readonly name: string;
  /** What it does, for whoever calls it. */
  readonly description: string;
  /** JSON schema of the arguments as text: of the object, or only its properties. */
  readonly arguments: string;
  /** Packages that it imports; there are none to import. */
  readonly packages?: string;
  /** One expression that is a function of one object. */
  readonly code: string;
}

/** What can be done to an agent's functions: exactly these four. */
export type FunctionAction =
  | { readonly action: "add_function" } & FunctionDraft
  | { readonly action: "revise_function" } & FunctionDraft
  | { readonly action: "remove_function"; readonly name: string }
  | { readonly action: "TERMINATE" };
