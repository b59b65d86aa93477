/** A number with its prefix, without leading zeroes: `0x1ff`, `0x0`. */
export function hexadecimal(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** As the specification writes it, with its suffix and at least two digits: `06h`, `1Ch`, `4002h`. */
export function suffixedHexadecimal(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, '0')}h`;
}
