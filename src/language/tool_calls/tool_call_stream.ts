import { type CallScanner, callScanner, type WrittenCall } from "./call_scanner.ts";
import { toolCallFamilies, type ToolCallFamily, type ToolCallFamilyName } from "./tool_call_family.ts";

/** A part of an answer, as soon as it is known. */
export type ToolCallDelta =
  | { readonly kind: "content"; readonly text: string }
  /** A call begins. */
  | { readonly kind: "call"; readonly index: number; readonly name: string; readonly id?: string }
  /** More of its arguments, as they are written: JSON when all of them are put together. */
  | { readonly kind: "arguments"; readonly index: number; readonly text: string }
  /** It is whole. Without `call` what was written is no call: `text` has all of it. */
  | { readonly kind: "end"; readonly index: number; readonly text: string; readonly call?: WrittenCall };

/** Takes an answer apart while it is written. */
export interface ToolCallStream {
  /** Adds to the answer; what became known by it. */
  push(text: string): ToolCallDelta[];
  /** What is held back; a call that was cut off ends without `call`. */
  finish(): ToolCallDelta[];
}

/** Longer names are words. */
const LONGEST_NAME = 256;

type State = "start" | "content" | "between" | "name" | "call" | "closing";

/**
 * Makes a stream for the calls of a family. Content is given at once, save for what may be the beginning of a call; so
 * are names and arguments.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { toolCallStream } from "@eddy/eddy";
 * const stream = toolCallStream("hermes");
 * deepEqual(stream.push('Wait. <tool_call>{"name": "add", "argu'), [{ kind: "content", text: "Wait. " }]);
 * deepEqual(stream.push('ments": {"a": '), [
 *   { kind: "call", index: 0, name: "add" },
 *   { kind: "arguments", index: 0, text: '{"a": ' },
 * ]);
 * ```
 */
export function toolCallStream(family: ToolCallFamilyName): ToolCallStream {
  const form: ToolCallFamily = toolCallFamilies[family];
  let state: State = "start";
  let held = "";
  /** What a call that turns out to be none is given back with. */
  let opened = "";
  let scanner: CallScanner | undefined;
  let index = 0;
  let named = false;

  function give(out: ToolCallDelta[], text: string): void {
    const last = out.at(-1);
    if (text === "") return;
    if (last?.kind === "content") out[out.length - 1] = { kind: "content", text: last.text + text };
    else out.push({ kind: "content", text });
  }

  function begin(known?: { readonly name: string; readonly id?: string }): void {
    scanner = callScanner(known);
    named = false;
    state = "call";
  }

  function giveBack(out: ToolCallDelta[]): void {
    give(out, opened + (scanner?.written() ?? ""));
    opened = "";
    scanner = undefined;
    state = "content";
  }

  /** One step on what is held; false when more text is needed. */
  function step(out: ToolCallDelta[], last: boolean): boolean {
    switch (state) {
      case "start": {
        const text = held.trimStart();
        if (text === "" || !form.bare) {
          if (form.bare && !last) return false;
          state = "content";
        } else if (text.startsWith("{")) {
          opened = held.slice(0, held.length - text.length);
          held = text;
          begin();
        } else state = "content";
        return true;
      }
      case "content": {
        const at = form.opening === "" ? -1 : held.indexOf(form.opening);
        if (at < 0) {
          const keep = last ? 0 : overlap(held, form.opening);
          give(out, held.slice(0, held.length - keep));
          held = held.slice(held.length - keep);
          return false;
        }
        give(out, held.slice(0, at));
        opened = form.opening;
        held = held.slice(at + form.opening.length);
        state = "between";
        return true;
      }
      case "between": {
        const text = skipped(held, form.list ? (opened === "" ? ",]" : "[") : form.separators);
        opened += opened === "" ? "" : held.slice(0, held.length - text.length);
        held = text;
        if (text === "") return false;
        if (text.startsWith("{")) begin();
        else if (form.argumentsMark !== "" && /^[\w.-]/.test(text)) state = "name";
        else giveBack(out);
        return true;
      }
      case "name":
        return bareName(out, last);
      case "call":
        return read(out);
      case "closing": {
        const text = held.trimStart();
        if (!last && text.length < form.closing.length && form.closing.startsWith(text)) return false;
        held = text.startsWith(form.closing) ? text.slice(form.closing.length) : held;
        opened = "";
        state = "content";
        return true;
      }
    }
  }

  /** `name[ARGS]{...}`, perhaps with `[CALL_ID]id` between. */
  function bareName(out: ToolCallDelta[], last: boolean): boolean {
    const found = /^([\w.-]+)(?:\[CALL_ID\](\w+))?\[ARGS\]\s*(?=\{)/.exec(held);
    if (!found) {
      if (!last && held.length < LONGEST_NAME && /^[\w.[\]-]+\s*$/.test(held)) return false;
      giveBack(out);
      return true;
    }
    opened += found[0];
    held = held.slice(found[0].length);
    begin(found[2] ? { name: found[1], id: found[2] } : { name: found[1] });
    return true;
  }

  function tellName(out: ToolCallDelta[], name: string, id: string | undefined): void {
    named = true;
    out.push(id === undefined ? { kind: "call", index, name } : { kind: "call", index, name, id });
  }

  function read(out: ToolCallDelta[]): boolean {
    const { events, taken } = scanner!.read(held);
    held = held.slice(taken);
    for (const event of events) {
      if (event.kind === "name") tellName(out, event.name, event.id);
      else if (event.kind === "arguments") out.push({ kind: "arguments", index, text: event.text });
      else if (event.kind === "broken") {
        giveBack(out);
        return true;
      } else {
        const text = opened + scanner!.written();
        out.push(event.call ? { kind: "end", index, text, call: event.call } : { kind: "end", index, text });
        index += 1;
        scanner = undefined;
        opened = "";
        state = form.closing === "" ? "between" : "closing";
        return true;
      }
    }
    return false;
  }

  return {
    push(text): ToolCallDelta[] {
      held += text;
      const out: ToolCallDelta[] = [];
      while (held !== "" && step(out, false));
      return out;
    },
    finish(): ToolCallDelta[] {
      const out: ToolCallDelta[] = [];
      while (held !== "" && step(out, true));
      if (scanner && named) out.push({ kind: "end", index: index++, text: opened + scanner.written() });
      else if (scanner || opened !== "") giveBack(out);
      give(out, held);
      held = "";
      return out;
    },
  };
}

/** Without white space and separators at its beginning. */
function skipped(text: string, separators: string): string {
  let at = 0;
  while (at < text.length && (/\s/.test(text[at]) || separators.includes(text[at]))) at += 1;
  return text.slice(at);
}

/** Length of the longest end of `text` that `mark` begins with. */
function overlap(text: string, mark: string): number {
  for (let length = Math.min(text.length, mark.length - 1); length > 0; length--) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}
