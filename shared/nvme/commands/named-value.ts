/** A value of a selector field and its name in words. */
export interface NamedValue {
  readonly value: number;
  readonly title: string;
}

/** The title of a value in a table of such values, or undefined for a reserved one. */
export function namedValueTitle(
  table: Readonly<Record<string, NamedValue>>,
  value: number,
): string | undefined {
  return Object.values(table).find((entry) => entry.value === value)?.title;
}

/** The title of a value, or the field's mnemonic and the number: `ACT 0x0A`. */
export function selected(
  table: Readonly<Record<string, NamedValue>>,
  value: number,
  mnemonic: string,
): string {
  return namedValueTitle(table, value) ?? `${mnemonic} ${paddedHexadecimal(value, 2)}`;
}

/** A controller identifier as the specification's examples write it: `0x0011`. */
export function identifierText(value: number): string {
  return paddedHexadecimal(value, 4);
}

/** `0x0000000A` */
export function paddedHexadecimal(value: number, digits: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(digits, '0')}`;
}
