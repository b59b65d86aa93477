/** `strtoul` with base 0: decimal, `0x` hexadecimal, or octal with a leading 0; null when it is no number at all. */
export function parseNumber(text: string): number | null {
  const negative = /^-/.test(text);
  const digits = text.replace(/^[+-]/, '');
  const value = /^0[xX][0-9a-fA-F]+$/.test(digits)
    ? Number.parseInt(digits.slice(2), 16)
    : /^0[0-7]+$/.test(digits)
      ? Number.parseInt(digits, 8)
      : /^(0|[1-9]\d*)$/.test(digits)
        ? Number(digits)
        : null;
  return value === null ? null : negative ? -value : value;
}

const suffixes = 'KMGTPE';

/** A number with a binary suffix as nvme-cli takes it for sizes: `1024`, `4K`, `2GiB`. */
export function parseSuffixedNumber(text: string): number | null {
  const match = /^(\w+?)([KMGTPEkmgtpe])(i?[Bb]?)?$/.exec(text);
  const power = match?.[2] === undefined ? -1 : suffixes.indexOf(match[2].toUpperCase());
  // A hexadecimal number may end in `E`, which is a digit there.
  if (match?.[1] === undefined || power === -1 || /^0[xX]/.test(text)) return parseNumber(text);
  const value = parseNumber(match[1]);
  return value === null ? null : value * 1024 ** (power + 1);
}

/**
 * A number with a decimal suffix as nvme-cli takes it for `-si` options: `480G` is 480 × 10⁹, `1.5T` 1.5 × 10¹², `4Gi` four
 * times 2³⁰. Null when it is no number.
 */
export function parseSiNumber(text: string): { readonly value: number; readonly hasSuffix: boolean } | null {
  const match = /^(\d+(?:\.\d+)?)(?:([KMGTPEkmgtpe])(i?)[Bb]?)?$/.exec(text);
  if (match?.[1] === undefined) return null;
  const [, digits, suffix, binary] = match;
  if (suffix === undefined) return digits.includes('.') ? null : { value: Number(digits), hasSuffix: false };
  const power = suffixes.indexOf(suffix.toUpperCase()) + 1;
  const value = Math.floor(Number(digits) * (binary === 'i' ? 1024 : 1000) ** power);
  return Number.isSafeInteger(value) ? { value, hasSuffix: true } : null;
}
