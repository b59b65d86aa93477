import { deflateSync, inflateSync } from 'node:zlib';

/** An image as rows of red, green and blue, one byte each. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: Buffer;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const paletteSize = 256;

/**
 * The same picture with at most 256 colours, about a third of the bytes: browsers write pictures fast, not small. For
 * pictures as a browser makes them: 8 bits a channel, opaque, not interlaced (PNG specification, 3rd edition).
 */
export function shrinkPng(png: Buffer): Buffer {
  const pixels = decode(png);
  const { palette, indexes } = reduceColours(pixels);
  const { width, height } = pixels;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Bit depth 8, colour type 3: each byte is a place in the palette.
  header.set([8, 3, 0, 0, 0], 8);
  // Filter type 0 in front of each row: neighbouring palette places mean nothing to each other.
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) indexes.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** CRC-32 of PNG's annex D; Node's own came with a later Node 20. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function decode(png: Buffer): Pixels {
  const parts: Buffer[] = [];
  let width = 0;
  let height = 0;
  let channels = 0;
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      width = data.readUInt32BE(0);
      height = data.readUInt32BE(4);
      channels = { 2: 3, 6: 4 }[data[9] ?? 0] ?? 0;
      if (data[8] !== 8 || channels === 0 || data[12] !== 0) throw new Error('Not a picture of a browser.');
    }
    if (type === 'IDAT') parts.push(data);
    at += length + 12;
  }
  return { width, height, rgb: withoutFilters(inflateSync(Buffer.concat(parts)), width, height, channels) };
}

/** Undoes the filter of each row (clause 9.2) and leaves the alpha channel out. */
function withoutFilters(raw: Buffer, width: number, height: number, channels: number): Buffer {
  const stride = width * channels;
  const rgb = Buffer.alloc(width * height * 3);
  let above: Buffer = Buffer.alloc(stride);
  for (let y = 0; y < height; y += 1) {
    const start = y * (stride + 1);
    const filter = raw[start] ?? 0;
    const row = Buffer.from(raw.subarray(start + 1, start + 1 + stride));
    for (let x = 0; x < stride; x += 1) {
      const left = x < channels ? 0 : (row[x - channels] ?? 0);
      const up = above[x] ?? 0;
      const corner = x < channels ? 0 : (above[x - channels] ?? 0);
      row[x] = ((row[x] ?? 0) + predicted(filter, left, up, corner)) & 0xff;
    }
    for (let x = 0; x < width; x += 1) row.copy(rgb, (y * width + x) * 3, x * channels, x * channels + 3);
    above = row;
  }
  return rgb;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const guess = left + up - corner;
      const [toLeft, toUp, toCorner] = [left, up, corner].map((value) => Math.abs(guess - value)) as [
        number,
        number,
        number,
      ];
      if (toLeft <= toUp && toLeft <= toCorner) return left;
      return toUp <= toCorner ? up : corner;
    }
    default:
      return 0;
  }
}

/** The most used colours become the palette; every other colour becomes the nearest of them. */
function reduceColours({ rgb }: Pixels): { palette: Buffer; indexes: Buffer } {
  const uses = new Map<number, number>();
  const indexes = Buffer.alloc(rgb.length / 3);
  for (let at = 0; at < rgb.length; at += 3) {
    const colour = rgb.readUIntBE(at, 3);
    uses.set(colour, (uses.get(colour) ?? 0) + 1);
  }
  const chosen = spreadOut([...uses].sort((a, b) => b[1] - a[1]).map(([colour]) => colour));
  const places = new Map<number, number>();
  for (const colour of uses.keys()) places.set(colour, nearest(chosen, colour));
  for (let place = 0; place < indexes.length; place += 1)
    indexes[place] = places.get(rgb.readUIntBE(place * 3, 3)) ?? 0;
  const palette = Buffer.alloc(chosen.length * 3);
  for (const [place, colour] of chosen.entries()) palette.writeUIntBE(colour, place * 3, 3);
  return { palette, indexes };
}

/**
 * Colours in order of use, without those that look like one that is taken already: otherwise the shades of one
 * background would leave no place for a small coloured mark.
 */
function spreadOut(colours: readonly number[]): readonly number[] {
  for (let distance = 0; ; distance += 12) {
    const taken: number[] = [];
    for (const colour of colours) {
      if (taken.every((other) => difference(other, colour) > distance)) taken.push(colour);
      if (taken.length > paletteSize) break;
    }
    if (taken.length <= paletteSize) return taken;
  }
}

function nearest(palette: readonly number[], colour: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [place, candidate] of palette.entries()) {
    const distance = difference(candidate, colour);
    if (distance < least) {
      best = place;
      least = distance;
    }
  }
  return best;
}

/** Squared distance; the eye tells greens apart best. */
function difference(a: number, b: number): number {
  const red = (a >> 16) - (b >> 16);
  const green = ((a >> 8) & 0xff) - ((b >> 8) & 0xff);
  const blue = (a & 0xff) - (b & 0xff);
  return 2 * red * red + 4 * green * green + blue * blue;
}
