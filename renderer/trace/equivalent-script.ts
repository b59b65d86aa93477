import { writtenFor } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import type { Plan } from '#shared/procedure/procedure.ts';

/**
 * The procedure as one shell script: nvme-cli and sysfs lines under the words of their steps. Steps without a command
 * line (the hypervisor's own work) stay as comments, so that nothing seems to be left out.
 */
export function equivalentScript(plan: Plan): string {
  // nvme-cli 2.x and 3.x spell some commands differently, so the script says for which it is.
  const generation = writtenFor(plan.steps.flatMap(({ commandLines }) => commandLines));
  const lines = ['#!/bin/sh', `# ${oneLine(plan.title)}`];
  if (generation !== null) lines.push(`# Written for ${generation}`);
  // A script that goes on after a failed step would do something else than the procedure.
  lines.push('set -eu');
  let host = '';
  let phase = '';
  for (const step of plan.steps) {
    if (step.phase !== phase || step.hostId !== host) {
      phase = step.phase;
      host = step.hostId;
      lines.push('', `## ${oneLine(phase)}, on ${oneLine(host)}`);
    }
    lines.push(`# ${oneLine(step.words)}`);
    lines.push(...step.commandLines);
    if (step.commandLines.length === 0) lines.push('#   (no command line: the hypervisor does it)');
  }
  return `${lines.join('\n')}\n`;
}

/** A comment must not end early: names come from files and devices. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
