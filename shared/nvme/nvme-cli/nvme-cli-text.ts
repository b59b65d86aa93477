/** The versions of nvme-cli whose output this project prints and reads. */
export type NvmeCliVersion = '2.3' | '2.13';

/** A JSON value as nvme-cli prints it; big numbers for 64 and 128 bits. */
export type NvmeCliJson = null | boolean | number | bigint | string | readonly NvmeCliJson[] | NvmeCliObject;
export interface NvmeCliObject {
  readonly [key: string]: NvmeCliJson;
}

/** The text that nvme-cli prints for a JSON object or list, to the byte, with the line end. */
export function printNvmeCliJson(
  value: NvmeCliObject | readonly NvmeCliObject[],
  version: NvmeCliVersion,
): string {
  return `${print(value, version, '')}\n`;
}

function print(value: NvmeCliJson, version: NvmeCliVersion, indent: string): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  const isList = Array.isArray(value);
  const inner = `${indent}  `;
  const lines = isList
    ? value.map((item) => inner + print(item, version, inner))
    : Object.entries(value).map(
        ([key, item]) => `${inner}${JSON.stringify(key)}:${print(item, version, inner)}`,
      );
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  // The JSON library that 2.3 was linked with breaks the line inside an empty list, the later one does not.
  if (lines.length === 0 && version !== '2.3') return open + close;
  return `${open}\n${lines.map((line, at) => `${line}${at < lines.length - 1 ? ',' : ''}\n`).join('')}${indent}${close}`;
}
