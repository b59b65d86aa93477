import {
  controllerStateHeaderLength,
  decodeControllerStateExtent,
} from '#shared/nvme/layouts/controller-state/controller-state.ts';
import { fail, type Result, succeed } from '#shared/result.ts';

/**
 * The Controller State that counts in the data of a migration: early ones may stand in front of it, each as long as its
 * header says. Only one that was saved while suspended is final. Bytes that are no whole structure are handed on as they
 * are, for the controller to judge.
 */
export function finalState(data: Uint8Array): Result<Uint8Array> {
  let start = 0;
  for (;;) {
    const rest = data.subarray(start);
    const extent = rest.length < controllerStateHeaderLength ? undefined : decodeControllerStateExtent(rest);
    if (!extent?.ok || extent.value.totalLength > rest.length) return succeed(rest);
    const { totalLength, suspended } = extent.value;
    if (totalLength === rest.length)
      return suspended
        ? succeed(rest)
        : fail('device-data', 'The data ends with early state: the final state is missing', {
            field: 'data_fd',
            fix: 'Read the source to its end in STOP_COPY, and write all of it',
          });
    start += totalLength;
  }
}

export function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
