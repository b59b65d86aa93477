import { rehearsalFaultWords } from '#shared/migration/rehearsal/fault.ts';
import type { FaultMatrix, MatrixResult } from '../../migration-rehearsal/fault-matrix.ts';
import { table } from '../../test-support/document-tables.ts';

const letters: Readonly<Record<string, string>> = { done: 'D', 'rolled-back': 'R', failed: 'F' };

/** The page `docs/migration-safety.md`: what became of a migration for every step and everything that can happen at it. */
export function safetyDocument({ steps }: FaultMatrix, results: readonly MatrixResult[]): string {
  const faults = [...new Set(results.map(({ fault }) => fault))];
  const count = (of: readonly MatrixResult[], status: string) =>
    String(of.filter((result) => result.status === status).length);
  const byFault = faults.map((fault) => {
    const of = results.filter((result) => result.fault === fault);
    return [
      rehearsalFaultWords[fault],
      String(of.length),
      count(of, 'done'),
      count(of, 'rolled-back'),
      count(of, 'failed'),
    ];
  });
  const byStep = steps.map(({ phase, words }, step) => [
    String(step + 1),
    phase,
    words,
    ...faults.map((fault) => {
      const found = results.find((result) => result.step === step && result.fault === fault);
      return found === undefined ? '' : (letters[found.status] ?? found.status);
    }),
  ]);
  const wrong = results.filter(({ problems }) => problems.length > 0).length;
  return `# What becomes of a migration when something goes wrong

Made by \`electron/backend/kill-test/fault-matrix.test.ts\` in \`npm run test:deep\`, in simulated time: a guest that writes, with
two devices that have PRE_COPY and log their writes, moves from one simulated host to another while it goes on. At each of its
${steps.length} steps each of ${faults.length} things happens: **${results.length} cases, ${wrong} of them wrong**. \`npm test\` runs a fixed sample.

In every case it was checked that

- the guest never ran on both sides, nor at its source once it had run at its destination;
- in the end it runs, unless its host was lost; where it does not, the record names what is left to do;
- its memory at the destination is what it was at the source when it was stopped, page by page;
- nothing of it is left at the destination of a migration that was taken back, and no device is tracked;
- after a kill, the next program says what is true, and goes on or back as it was asked.

Where a command goes wrong or the program is killed, also every word of the record is compared with the devices, and what was
taken back with what was there before.

## By what happens

D: the guest moved. R: everything was taken back. F: failed, with the rest named; past the point of no return, or because a
host or device is gone.

${table(['what happens', 'cases', 'D', 'R', 'F'], byFault)}

## By step

${faults.map((fault, index) => `${index + 1}. ${rehearsalFaultWords[fault]}`).join('\n')}

${table(['', 'phase', 'step', ...faults.map((_, index) => String(index + 1))], byStep)}
`;
}
