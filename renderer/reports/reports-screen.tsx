import { create } from 'zustand';
import { countWords } from '#shared/count-words.ts';
import type { RequestOf } from '#shared/ipc/contract.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { RunStatusTag } from '../history/run-status-tag.tsx';
import { useHistory } from '../history/use-history.ts';
import { useTakenRunId } from '../history/use-taken-run-id.ts';
import { SideList, SideListItem, SideListScreen } from '../ui/content/side-list.tsx';
import { Tag } from '../ui/content/small.tsx';
import { ErrorNotice } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { formatDateTime } from '../ui/format.ts';
import { exportReport } from './export-report.ts';
import { ReportPreview } from './report-preview.tsx';
import styles from './reports.module.css';

/** What a report is about: the topology, or one run. */
type Subject = RequestOf<'report:render'>['subject'];

/** What is shown; kept while another screen shows. */
const useChosen = create<{ readonly subject: Subject }>(() => ({ subject: { kind: 'topology' } }));

const chooseRun = (runId: string) => useChosen.setState({ subject: { kind: 'run', runId } });

/** Every report that can be made: of the topology as it is now, and of each procedure that ended. */
export function ReportsScreen() {
  useTakenRunId(chooseRun);
  const subject = useChosen((state) => state.subject);
  const history = useHistory();
  const source = useFleetMirror((mirror) => mirror.fleet?.source);
  const revision = useFleetMirror((mirror) => mirror.revision);
  // A run that is under way has no report: it would be another one a moment later.
  const runs = history.runs.filter((run) => run.endedAt !== null);
  return (
    <SideListScreen>
      <SideList
        label="Reports"
        title="Reports"
        aside={countWords(runs.length + 1, 'report')}
        items={
          <>
            <SideListItem
              title="Current topology"
              chosen={subject.kind === 'topology'}
              onChoose={() => useChosen.setState({ subject: { kind: 'topology' } })}
              meta={source?.label ?? ''}
            >
              {source?.simulated === true ? <Tag tone="warning">Simulated</Tag> : null}
            </SideListItem>
            {runs.map((run) => (
              <SideListItem
                key={run.id}
                title={run.title}
                chosen={subject.kind === 'run' && subject.runId === run.id}
                onChoose={() => chooseRun(run.id)}
                meta={`${formatDateTime(run.startedAt)} · ${run.fleetName}`}
              >
                <RunStatusTag status={run.status} />
              </SideListItem>
            ))}
          </>
        }
      >
        {history.error === null ? null : (
          <ErrorNotice
            error={history.error}
            title="The procedures could not be listed"
            onRetry={history.reload}
          />
        )}
        {runs.length === 0 && history.value !== null ? (
          <p className="mute">A report of every procedure and migration appears here when it has ended.</p>
        ) : null}
      </SideList>
      <div className={styles.pane}>
        <div className={styles.tools}>
          <span className="mute">Preview of the exported file: self-contained and printable.</span>
          <Button onClick={() => void exportReport(subject, 'json')}>Export JSON…</Button>
          <Button kind="primary" onClick={() => void exportReport(subject, 'html')}>
            Export HTML…
          </Button>
        </div>
        <ReportPreview
          key={JSON.stringify(subject)}
          subject={subject}
          version={subject.kind === 'topology' ? revision : 0}
        />
      </div>
    </SideListScreen>
  );
}
