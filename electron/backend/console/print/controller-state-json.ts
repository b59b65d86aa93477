import type { ControllerState } from '../../../../shared/nvme/layouts/controller-state/controller-state.ts';
import type { NvmeCliObject } from '../../../../shared/nvme/nvme-cli/nvme-cli-text.ts';

/** The Controller State with nvme-cli's keys. nvme-cli takes completion queues from the wrong place; these are right. */
export function controllerStateJson(state: ControllerState, bytes: Uint8Array): NvmeCliObject {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const common = {
    version: view.getUint16(0, true),
    'controller state attributes': state.suspended ? 1 : 0,
    'nvme controller state size': view.getBigUint64(16, true),
    'vendor specific size': view.getBigUint64(32, true),
  };
  const { nvme } = state;
  if (nvme === undefined) return common;
  return {
    ...common,
    'nvme controller state': {
      version: 0,
      'number of io submission queues': nvme.submissionQueues.length,
      'number of io completion queues': nvme.completionQueues.length,
      'io submission queue list': nvme.submissionQueues.map((queue) => ({
        'io submission prp entry 1': queue.prp1,
        'io submission queue size': queue.qsize,
        'io submission queue identifier': queue.qid,
        'io completion queue identifier': queue.cqid,
        'io submission queue attributes': queue.attributes,
        'io submission queue head pointer': queue.head,
        'io submission queue tail pointer': queue.tail,
      })),
      'io completion queue list': nvme.completionQueues.map((queue) => ({
        'io completion prp entry 1': queue.prp1,
        'io completion queue size': queue.qsize,
        'io completion queue identifier': queue.qid,
        'io completion queue head pointer': queue.head,
        'io completion queue tail pointer': queue.tail,
        'io completion queue attributes': queue.attributes,
      })),
    },
  };
}
