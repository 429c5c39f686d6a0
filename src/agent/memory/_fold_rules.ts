import type { Rule, RuleEdit } from "./rules.ts";

/** The rules that all these changes lead to. */
export function foldRules(edits: readonly RuleEdit[]): Rule[] {
  let added = 0;
  /** [versions] the rules after so many changes. */
  const versions: (readonly Rule[])[] = [[]];
  for (const edit of edits) {
    if (edit.kind === "add") added += 1;
    versions.push(apply(versions, edit, added - 1));
  }
  return [...versions[edits.length]];
}

function apply(versions: readonly (readonly Rule[])[], edit: RuleEdit, newest: number): readonly Rule[] {
  const list = versions[versions.length - 1];
  if (edit.kind === "add") return [...list, { id: newest, text: edit.text, helped: 0, harmed: 0 }];
  if (edit.kind === "roll back") {
    const before = versions[edit.version];
    if (before) return before;
    throw new RangeError(`Cannot go back to version ${edit.version}: this is version ${versions.length - 1}`);
  }
  const rule = list.find(({ id }) => id === edit.id);
  if (!rule) throw new RangeError(`Cannot ${VERBS[edit.kind]} rule ${edit.id}: there are ${idsOf(list)}`);
  if (edit.kind === "drop") return list.filter((each) => each !== rule);
  const next = edit.kind === "revise"
    ? { ...rule, text: edit.text, helped: 0, harmed: 0 }
    : edit.helped
    ? { ...rule, helped: rule.helped + 1 }
    : { ...rule, harmed: rule.harmed + 1 };
  return list.map((each) => each === rule ? next : each);
}

const VERBS = { revise: "revise", drop: "drop", evidence: "judge" } as const;

function idsOf(list: readonly Rule[]): string {
  return list.length === 0 ? "none" : list.map(({ id }) => id).join(", ");
}
