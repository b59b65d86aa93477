/** Largest Controller State that a simulated controller accepts: far above what its queues can take. */
const largestState = 1 << 20;

/** The bytes of a Set Controller State sequence, as far as they have come. */
export interface IncomingState {
  readonly csvi: number;
  readonly csuuidi: number;
  readonly bytes: Uint8Array;
}

/** The sequence with another piece in it; undefined when the piece reaches beyond what can be held. */
export function withPiece(
  state: IncomingState,
  offset: bigint,
  piece: Uint8Array,
): IncomingState | undefined {
  const end = offset + BigInt(piece.length);
  if (end > BigInt(largestState)) return undefined;
  const bytes = new Uint8Array(Math.max(state.bytes.length, Number(end)));
  bytes.set(state.bytes);
  bytes.set(piece, Number(offset));
  return { ...state, bytes };
}
