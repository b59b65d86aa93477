import { expect, it } from 'vitest';
import { migrationRun } from '../test-support/run-fixture.ts';
import { equivalentScript } from './equivalent-script.ts';

it('writes the lines under the words of their steps, with one head per phase and host', () => {
  const { plan } = migrationRun();
  const [first, second] = plan.steps;
  if (first === undefined || second === undefined) throw new Error('fixture');
  const script = equivalentScript({
    ...plan,
    title: 'Move\nrm -rf /',
    steps: [
      first,
      { ...second, commandLines: [] },
      { ...second, hostId: 'hv-b', commandLines: ['a', 'nvme id ctrl /dev/nvme0'] },
    ],
  });
  expect(script).toBe(`#!/bin/sh
# Move rm -rf /
# Written for nvme-cli 3.x
set -eu

## Virtual subsystem, on hv-a
# Create nqn.2026-11.io.berth:v on b
echo 1
# Add VF 1 as virtual id 20
#   (no command line: the hypervisor does it)

## Virtual subsystem, on hv-b
# Add VF 1 as virtual id 20
a
nvme id ctrl /dev/nvme0
`);
});
