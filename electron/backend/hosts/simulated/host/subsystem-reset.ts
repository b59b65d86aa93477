import { resetController } from '../controller/resets.ts';
import { isSecondary, type SimulatedController } from '../state/controller.ts';
import { kernelError, kernelSuccess, type SimulatedKernelAnswer } from './errno.ts';

/** CAP.NSSRS. */
const resetSupported = 1n << 36n;

/** NVM Subsystem Reset (NVMe Base 2.1, 3.7.1): all controllers of the NVM subsystem, on every host that reaches it. */
export function resetSubsystem(controller: SimulatedController): SimulatedKernelAnswer {
  if ((controller.cap & resetSupported) === 0n)
    return kernelError('ENOTTY', {
      cause: `CNTLID ${controller.cntlid} has no NVM Subsystem Reset (CAP.NSSRS is 0)`,
      fix: 'Use a controller reset (nvme reset) or a function level reset (echo 1 > …/reset) of each function',
    });
  const { subsystem } = controller;
  for (const other of subsystem.controllers.values())
    if (!isSecondary(other)) resetController(other, 'subsystem');
  for (const listener of subsystem.resetListeners) listener();
  return kernelSuccess;
}
