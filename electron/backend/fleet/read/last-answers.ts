import type { FunctionReading, HostReading } from './host-reading.ts';

/**
 * What a controller answered last stands in for what it does not answer now, with the problems of now: a controlling
 * function that falls silent does not take the functions that it controls, and their guests, out of sight.
 */
export function withLastAnswers(before: HostReading | undefined, now: HostReading): HostReading {
  if (before === undefined) return now;
  const known = new Map(before.functions.map((reading) => [reading.function.address, reading]));
  return {
    ...now,
    functions: now.functions.map((fresh) => standIn(known.get(fresh.function.address), fresh)),
  };
}

function standIn(old: FunctionReading | undefined, fresh: FunctionReading): FunctionReading {
  const { controller } = fresh;
  if (controller?.isSilent !== true || old?.controller == null || old.controller.identify === null)
    return fresh;
  return { ...fresh, controller: { ...old.controller, isSilent: true, problems: controller.problems } };
}
