/** A number with its prefix, without leading zeroes: `0x1ff`, `0x0`. */
export function hexadecimal(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
