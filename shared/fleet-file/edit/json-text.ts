import { type Node, parseTree } from 'jsonc-parser';
import type { FieldPath } from '../problems.ts';

/**
 * Changes of single values in a JSON text. Everything outside the changed value stays as it was, byte for byte: spaces,
 * the order of members, how a number is written. Texts must be JSON; callers check that first.
 */

/** Where a value stands in the text: `start` inclusive, `end` exclusive, in UTF-16 code units. */
export interface JsonNode {
  readonly start: number;
  readonly end: number;
  readonly members?: readonly { readonly key: string; readonly start: number; readonly value: JsonNode }[];
  readonly items?: readonly JsonNode[];
}

const defaultIndent = '  ';

/** The structure of a text that `JSON.parse` accepts. */
export function scanJson(text: string): JsonNode {
  const root = parseTree(text, [], { disallowComments: true });
  if (root === undefined) throw new Error('The text holds no JSON value');
  return nodeOf(root);
}

function nodeOf({ type, offset, length, children = [] }: Node): JsonNode {
  const span = { start: offset, end: offset + length };
  if (type === 'array') return { ...span, items: children.map(nodeOf) };
  if (type !== 'object') return span;
  const members = children.flatMap((property) => {
    const [key, value] = property.children ?? [];
    return key && value ? [{ key: String(key.value), start: property.offset, value: nodeOf(value) }] : [];
  });
  return { ...span, members };
}

/** The value at a path; undefined when there is none. Of a member that is there twice the last one counts, as in JSON. */
export function nodeAt(root: JsonNode, path: FieldPath): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  for (const part of path)
    node =
      typeof part === 'number'
        ? node?.items?.[part]
        : node?.members?.findLast((member) => member.key === part)?.value;
  return node;
}

/** Writes a value; members on the way that do not exist yet are made. Array positions must exist. */
export function setValue(text: string, path: FieldPath, value: unknown): string {
  const root = scanJson(text);
  const found = nodeAt(root, path);
  if (found) return replace(text, found.start, found.end, print(text, value, lineIndent(text, found.start)));
  const last = path.at(-1);
  const above = path.slice(0, -1);
  const parent = nodeAt(root, above);
  if (typeof last !== 'string') throw new Error(`There is nothing at position ${last} to replace`);
  if (parent?.members) {
    const key = `${JSON.stringify(last)}: `;
    return insertInto(text, parent, parent.members.length, (indent) => key + print(text, value, indent));
  }
  return setValue(text, above, { [last]: value });
}

/** Puts an item into an array, before the one at `index`; an array that does not exist yet is made. */
export function insertItem(text: string, path: FieldPath, index: number, value: unknown): string {
  const array = nodeAt(scanJson(text), path);
  if (!array?.items) return setValue(text, path, [value]);
  return insertInto(text, array, index, (indent) => print(text, value, indent));
}

/** Takes a member or an item away; nothing happens when there is none. */
export function removeValue(text: string, path: FieldPath): string {
  const parent = nodeAt(scanJson(text), path.slice(0, -1));
  const last = path.at(-1);
  const spans = spansOf(parent);
  const at =
    typeof last === 'number' ? last : (parent?.members?.findLastIndex((member) => member.key === last) ?? -1);
  const span = spans[at];
  if (!parent || !span) return text;
  const before = spans[at - 1];
  const after = spans[at + 1];
  if (before) return replace(text, before.end, span.end, '');
  if (after) return replace(text, span.start, after.start, '');
  return replace(text, parent.start + 1, parent.end - 1, '');
}

function spansOf(node: JsonNode | undefined): readonly { readonly start: number; readonly end: number }[] {
  return node?.items ?? node?.members?.map(({ start, value }) => ({ start, end: value.end })) ?? [];
}

function insertInto(
  text: string,
  parent: JsonNode,
  index: number,
  write: (indent: string) => string,
): string {
  const spans = spansOf(parent);
  const outer = lineIndent(text, parent.start);
  const [first] = spans;
  if (!first) {
    const inner = outer + indentOf(text);
    return replace(text, parent.start + 1, parent.end - 1, `\n${inner}${write(inner)}\n${outer}`);
  }
  // As the items stand already: each on a line of its own, or all on one.
  const gap = text.slice(parent.start + 1, first.start);
  const onLines = gap.includes('\n');
  const indent = onLines ? gap.slice(gap.lastIndexOf('\n') + 1) : outer;
  const separator = onLines ? `,\n${indent}` : ', ';
  const before = spans[index];
  if (before) return replace(text, before.start, before.start, write(indent) + separator);
  const end = spans.at(-1)?.end ?? first.end;
  return replace(text, end, end, separator + write(indent));
}

/** Spaces at the beginning of the line. */
function lineIndent(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** One level of the text's own indentation. */
function indentOf(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? defaultIndent;
}

function print(text: string, value: unknown, indent: string): string {
  return JSON.stringify(value, null, indentOf(text)).replaceAll('\n', `\n${indent}`);
}

function replace(text: string, start: number, end: number, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}
