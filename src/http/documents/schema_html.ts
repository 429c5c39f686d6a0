import { escapeHtml, proseHtml } from "./escape_html.ts";
import { type Components, dereference } from "./example_of.ts";
import type { JsonObject } from "./open_api_document.ts";

/** Deeper than this is not shown: the document has it. */
const DEEPEST = 6;

/**
 * A schema as a list of its properties, each with type, bounds and description; inner ones unfold.
 *
 * @param io What is sent marks what is required; what is answered marks what may be missing.
 */
export function schemaHtml(schema: JsonObject, components: Components, io: "sent" | "answered", depth = 0): string {
  const known = dereference(schema, components);
  const alternatives = alternativesOf(known);
  if (alternatives) return alternativesHtml(alternatives, components, io, depth);
  if (known.type === "array") return schemaHtml(itemsOf(known), components, io, depth);
  const properties = Object.entries((known.properties ?? {}) as Components);
  const required = (known.required ?? []) as readonly string[];
  const shown = properties.filter(([, { description }]) => description !== IGNORED);
  const ignored = properties.filter(([, { description }]) => description === IGNORED).map(([name]) => name);
  const rows = shown.map(([name, property]) =>
    propertyHtml(name, property, components, { io, required: required.includes(name), depth })
  );
  if (ignored.length > 0) {
    const names = ignored.map((name) => `<code>${escapeHtml(name)}</code>`).join(", ");
    rows.push(`<li class="ignored">Accepted and ignored: ${names}</li>`);
  }
  return rows.length === 0 ? "" : `<ul class="properties">${rows.join("")}</ul>`;
}

/** What parameters without effect are described as: they share one line. */
const IGNORED = "Accepted and ignored.";

function propertyHtml(
  name: string,
  property: JsonObject,
  components: Components,
  { io, required, depth }: { readonly io: "sent" | "answered"; readonly required: boolean; readonly depth: number },
): string {
  const known = dereference(property, components);
  const inner = depth < DEEPEST ? schemaHtml(known, components, io, depth + 1) : "";
  const description = typeof known.description === "string" ? `<p>${proseHtml(known.description)}</p>` : "";
  const mark = io === "sent"
    ? required ? `<span class="required">required</span>` : ""
    : required
    ? ""
    : `<span class="type">may be missing</span>`;
  return `<li><div class="property"><code class="name">${escapeHtml(name)}</code>` +
    `<span class="type">${typeHtml(known, components)}</span>${mark}</div>${description}` +
    (inner === "" ? "" : `<details><summary>${escapeHtml(countOf(known, components))}</summary>${inner}</details>`) +
    `</li>`;
}

function countOf(schema: JsonObject, components: Components): string {
  const known = dereference(schema, components);
  const alternatives = alternativesOf(known);
  if (alternatives) {
    const forms = alternatives.filter((one) => hasProperties(one, components));
    return forms.length === 1 ? countOf(forms[0], components) : `${forms.length} forms`;
  }
  if (known.type === "array") return `each: ${countOf(itemsOf(known), components)}`;
  const count = Object.keys((known.properties ?? {}) as object).length;
  return count === 1 ? "1 property" : `${count} properties`;
}

function hasProperties(schema: JsonObject, components: Components): boolean {
  const known = dereference(schema, components);
  const alternatives = alternativesOf(known);
  if (alternatives) return alternatives.some((one) => hasProperties(one, components));
  if (known.type === "array") return hasProperties(itemsOf(known), components);
  return Object.keys((known.properties ?? {}) as object).length > 0;
}

/** What a list holds; one of its places, where each has its own. */
function itemsOf({ items, prefixItems = [] }: JsonObject): JsonObject {
  return typeof items === "object" && items !== null ? items as JsonObject : { anyOf: prefixItems };
}

/** Alternatives that are objects: they unfold; simple ones are told by their type. */
function alternativesOf(schema: JsonObject): readonly JsonObject[] | undefined {
  const alternatives = schema.anyOf ?? schema.oneOf;
  return Array.isArray(alternatives) ? alternatives : undefined;
}

function alternativesHtml(
  alternatives: readonly JsonObject[],
  components: Components,
  io: "sent" | "answered",
  depth: number,
): string {
  const forms = alternatives.map((one) => ({ one, html: schemaHtml(one, components, io, depth + 1) }))
    .filter(({ html }) => html !== "");
  if (forms.length === 0) return "";
  if (forms.length === 1) return forms[0].html;
  const [first, second] = forms;
  const oneOrMany = forms.length === 2 && second.one.type === "array" && sameItems(first.one, second.one);
  if (oneOrMany) return `<p class="ignored">One, or a list of these.</p>${first.html}`;
  return forms.map(({ one, html }) => {
    const { title, description } = titleOf(one, components);
    const more = description === undefined ? "" : ` <span class="type">${proseHtml(description)}</span>`;
    return `<details class="form"><summary>${escapeHtml(title)}${more}</summary>${html}</details>`;
  }).join("");
}

function sameItems(one: JsonObject, list: JsonObject): boolean {
  return JSON.stringify(itemsOf(list)) === JSON.stringify(one);
}

/** A form is known by its constant: `role: system`. */
function titleOf(schema: JsonObject, components: Components): { title: string; description?: string } {
  const known = dereference(schema, components);
  const constant = Object.entries((known.properties ?? {}) as Components).find(([, property]) => "const" in property);
  const description = typeof known.description === "string" ? known.description : undefined;
  return { title: constant ? `${constant[0]}: ${constant[1].const}` : typeText(known, components), description };
}

function typeHtml(schema: JsonObject, components: Components): string {
  const bounds = boundsOf(schema);
  return escapeHtml(typeText(schema, components)) +
    (bounds === "" ? "" : ` <span class="bounds">${escapeHtml(bounds)}</span>`);
}

function typeText(schema: JsonObject, components: Components): string {
  const known = dereference(schema, components);
  if ("const" in known) return JSON.stringify(known.const);
  if (Array.isArray(known.enum)) return known.enum.map((value) => JSON.stringify(value)).join(" | ");
  const alternatives = alternativesOf(known);
  if (alternatives) return [...new Set(alternatives.map((one) => typeText(one, components)))].join(" | ");
  if (known.type === "array") {
    const places = known.prefixItems as readonly JsonObject[] | undefined;
    if (places) return `[${places.map((place) => typeText(place, components)).join(", ")}]`;
    const items = typeText(itemsOf(known), components);
    return items.includes(" | ") ? `(${items})[]` : `${items}[]`;
  }
  if (Array.isArray(known.type)) return known.type.join(" | ");
  return typeof known.type === "string" ? known.type : "any";
}

function boundsOf(
  { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern, default: fallback }: JsonObject,
): string {
  return [
    range(minimum, maximum, ""),
    range(minLength === 1 ? undefined : minLength, maxLength, " characters"),
    range(minItems === 1 ? undefined : minItems, maxItems, " items"),
    typeof pattern === "string" && pattern.length <= 40 ? pattern : "",
    fallback === undefined || typeof fallback === "object" ? "" : `default ${JSON.stringify(fallback)}`,
  ].filter((bound) => bound !== "").join(", ");
}

function range(least: unknown, most: unknown, unit: string): string {
  if (least === undefined && most === undefined) return "";
  if (least === undefined) return `≤ ${most}${unit}`;
  return most === undefined ? `≥ ${least}${unit}` : `${least}–${most}${unit}`;
}
