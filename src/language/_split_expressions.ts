import { invalidTokenizer, quoted } from "./pipeline/json_fields.ts";

/** How GGUF files' `tokenizer.ggml.pre` cuts a text. */
interface Split {
  /** Undefined for the words of GPT-2. */
  readonly expression?: string;
  /** Every digit is alone before anything else is cut. */
  readonly digits: boolean;
  readonly ignoreMerges: boolean;
}

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const words = (digits: string) =>
  `${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const LLAMA3 = words("\\p{N}{1,3}");
const QWEN2 = words("\\p{N}");
const CASED = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+" +
  `${CONTRACTIONS}?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*` +
  `${CONTRACTIONS}?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

const names: Readonly<Record<string, Split>> = {
  "default": { digits: false, ignoreMerges: false },
  "gpt-2": { digits: false, ignoreMerges: false },
  "phi-2": { digits: false, ignoreMerges: false },
  "olmo": { digits: false, ignoreMerges: false },
  "dbrx": { expression: LLAMA3, digits: false, ignoreMerges: false },
  "smaug-bpe": { expression: LLAMA3, digits: false, ignoreMerges: false },
  "llama-bpe": { expression: LLAMA3, digits: false, ignoreMerges: true },
  "llama3": { expression: LLAMA3, digits: false, ignoreMerges: true },
  "llama-v3": { expression: LLAMA3, digits: false, ignoreMerges: true },
  "qwen2": { expression: QWEN2, digits: false, ignoreMerges: false },
  "deepseek-r1-qwen": { expression: QWEN2, digits: false, ignoreMerges: false },
  "stablelm2": { expression: QWEN2, digits: false, ignoreMerges: false },
  "gpt-4o": { expression: CASED, digits: false, ignoreMerges: false },
  "smollm": { digits: true, ignoreMerges: false },
  "starcoder": { digits: true, ignoreMerges: false },
  "refact": { digits: true, ignoreMerges: false },
  "command-r": { digits: true, ignoreMerges: false },
};

/** The way of a name. @throws {EddyError} `tokenizer_invalid` If it is not known: another would give other tokens. */
export function splitExpression(name: string): Split {
  if (Object.hasOwn(names, name)) return names[name];
  const known = Object.keys(names).join(", ");
  throw invalidTokenizer(`'tokenizer.ggml.pre' is '${quoted(name)}', which is not supported yet (known: ${known})`);
}

/** The first name of a way to cut; undefined where there is none. */
export function splitName({ expression, digits, ignoreMerges }: Split): string | undefined {
  const same = (other: Split): boolean =>
    other.expression === expression && other.digits === digits && other.ignoreMerges === ignoreMerges;
  return Object.keys(names).find((name) => same(names[name]));
}
