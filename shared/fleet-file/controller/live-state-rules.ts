import type { Pieces } from '../../bounds/pieces.ts';
import type { FieldPath, ProblemList } from '../problems.ts';
import type { LiveState } from './live-state-schema.ts';

/** What must hold between the queues of a running controller. `queues` is how many I/O queue pairs it can have. */
export function* checkLiveState(
  list: ProblemList,
  path: FieldPath,
  live: LiveState,
  limits: { readonly queues: number; readonly vectors: number },
): Pieces<void> {
  const completion = new Map(live.completionQueues.map((queue) => [queue.identifier, queue]));
  for (const key of ['submissionQueues', 'completionQueues'] as const) {
    const seen = new Set<number>();
    for (const [index, queue] of live[key].entries()) {
      if (yield* list.isEnough()) return;
      const at = [...path, key, index];
      if (seen.has(queue.identifier))
        list.add(
          [...at, 'identifier'],
          `queue ${queue.identifier} exists twice`,
          'Give each its own identifier',
        );
      seen.add(queue.identifier);
      if (queue.identifier > limits.queues)
        list.add(
          [...at, 'identifier'],
          `queue ${queue.identifier} is above the ${Math.max(0, limits.queues)} I/O queue pairs that the controller has`,
          'Assign more VQ resources, or remove the queue',
        );
      for (const end of ['head', 'tail'] as const)
        if (queue[end] > queue.size)
          list.add(
            [...at, end],
            `${queue[end]} is beyond the queue's last slot ${queue.size}`,
            'Write a slot of the queue',
          );
    }
  }
  for (const [index, queue] of live.submissionQueues.entries()) {
    if (yield* list.isEnough()) return;
    if (!completion.has(queue.completionQueue))
      list.add(
        [...path, 'submissionQueues', index, 'completionQueue'],
        `there is no completion queue ${queue.completionQueue}`,
        'Name a completion queue of this controller',
      );
  }
  for (const [index, queue] of live.completionQueues.entries()) {
    if (yield* list.isEnough()) return;
    if (queue.interruptVector >= limits.vectors)
      list.add(
        [...path, 'completionQueues', index, 'interruptVector'],
        `vector ${queue.interruptVector} is above the ${limits.vectors} that the controller has`,
        'Assign more VI resources, or use a lower vector',
      );
  }
}
