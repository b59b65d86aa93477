import { useShallow } from 'zustand/react/shallow';
import type { Fleet, Problem } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useOwnership } from '../fleet-mirror/ownership-store.ts';
import { selectRuns, useRuns } from '../fleet-mirror/runs-store.ts';
import { FindingList } from '../ownership/finding-list.tsx';
import { Banner } from '../ui/content/states.tsx';
import { Dialog } from '../ui/overlays/dialog.tsx';

interface Listed {
  readonly about: string;
  readonly problem: Problem;
}

/** Every problem of the fleet with the object that it is about; unreadable files first. */
export function listProblems(fleet: Fleet): Listed[] {
  return [
    ...fleet.problems.map((problem) => ({ about: fleet.source.name, problem })),
    ...Object.values(fleet.hosts).flatMap((host) =>
      host.problems.map((problem) => ({ about: host.name, problem })),
    ),
    ...Object.values(fleet.controllers).flatMap((controller) =>
      controller.problems.map((problem) => ({ about: controllerFullTitle(fleet, controller), problem })),
    ),
    ...Object.values(fleet.namespaces).flatMap((namespace) =>
      namespace.problems.map((problem) => ({ about: `namespace ${namespace.nsid}`, problem })),
    ),
  ];
}

/** Failed procedures and what could not be read. Apart from its dialog, which loads it when it opens. */
export function ProblemsContent({ onClose }: { readonly onClose: () => void }) {
  const fleet = useFleetMirror((state) => state.fleet);
  const failed = useRuns(useShallow((state) => selectRuns(state, (run) => run.status === 'failed')));
  const findings = useOwnership((state) => state.findings);
  const problems = fleet === null ? [] : listProblems(fleet);
  return (
    <Dialog
      open
      onClose={onClose}
      wide
      reading
      title="Errors and warnings"
      description="Guests and functions that are not where they should be, procedures that failed, and files, fields and objects that could not be read. Everything else is shown."
    >
      {failed.length + problems.length + findings.length === 0 ? (
        <p className="mute">Everything was read, nothing failed, and every guest has what is its own.</p>
      ) : null}
      <FindingList findings={findings} onLeave={onClose} />
      {failed.map((run) => (
        <Banner
          key={run.id}
          tone="error"
          title={run.plan.title}
          lines={[
            ...(run.error === null ? [] : [run.error.message, ...(run.error.details ?? [])]),
            ...run.leftovers.map(({ what }) => `Left over: ${what}`),
          ]}
        />
      ))}
      {problems.map(({ about, problem }) => (
        <Banner
          key={`${about}\n${problem.source}\n${problem.field ?? ''}\n${problem.message}`}
          tone="warning"
          title={`${about}: ${problem.message}`}
          lines={[
            problem.field === undefined ? problem.source : `${problem.source} · ${problem.field}`,
            ...(problem.fix === undefined ? [] : [problem.fix]),
          ]}
        />
      ))}
    </Dialog>
  );
}
