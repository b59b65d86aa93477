/** Bits `high` to `low` of a dword, both included, which are a number; one bit alone is a flag. */
export type DwordField = readonly [high: number, low: number] | readonly [bit: number];

/** The fields of a dword by their names: the specification's mnemonics in lower case where it has one. */
export type DwordFields = Readonly<Record<string, DwordField>>;

/** The value of every field. */
export type DwordValues<Fields extends DwordFields> = {
  readonly [Name in keyof Fields]: Fields[Name] extends readonly [number, number] ? number : boolean;
};

/** A dword as a table of fields from which both directions come: the result of a command, attributes of a queue. */
export interface DwordCodec<Fields extends DwordFields = DwordFields> {
  readonly fields: Fields;
  /**
   * The dword with these values, 0-FFFFFFFFh; what is not named is 0. A value that does not fit its bits is a mistake of
   * the program and throws a RangeError.
   */
  encode(values: Partial<DwordValues<Fields>>): number;
  /** The value of every field, whatever the other bits are. */
  decode(dword: number): DwordValues<Fields>;
}

/** Bits `high` to `low` of a dword's value, both included. */
export function bitsOf(dword: number, high: number, low: number): number {
  return Math.floor((dword >>> 0) / 2 ** low) % 2 ** (high - low + 1);
}

/** Makes a codec of a table of fields. */
export function dwordCodec<const Fields extends DwordFields>(fields: Fields): DwordCodec<Fields> {
  const places = Object.entries(fields).map(([name, field]) => {
    const [high, low = high] = field;
    return { name, high, low, isFlag: field.length === 1 };
  });
  return {
    fields,
    encode(values) {
      const given: Readonly<Record<string, number | boolean | undefined>> = values;
      let dword = 0;
      for (const { name, high, low } of places) {
        const value = Number(given[name] ?? 0);
        if (!Number.isInteger(value) || value < 0 || value >= 2 ** (high - low + 1))
          throw new RangeError(`${value} does not fit the field ${name}`);
        // Addition in place of `|`, which would make bit 31 a sign.
        dword += value * 2 ** low;
      }
      return dword;
    },
    decode(dword) {
      const values: Record<string, number | boolean> = {};
      for (const { name, high, low, isFlag } of places) {
        const value = bitsOf(dword, high, low);
        values[name] = isFlag ? value === 1 : value;
      }
      return values as DwordValues<Fields>;
    },
  };
}
