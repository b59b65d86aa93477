import type { SecondaryController } from '#shared/fleet/schema.ts';
import { useRequest } from '../bridge/use-request.ts';
import { SectionLabel } from '../ui/content/small.tsx';
import { ErrorNotice, LoadingState } from '../ui/content/states.tsx';
import { Facts } from './facts.tsx';
import styles from './inspector.module.css';

/** The identity fields whose physical values would tell a guest where it runs. */
const identityKeys = new Set(['subnqn', 'cntlid', 'sn', 'mn', 'fr']);

/** What the guest of this secondary reads, field by field, beside what the primary controller answers. */
export function GuestView({
  secondary,
  identityOnly,
}: {
  readonly secondary: SecondaryController;
  /** Only the fields that name the drive, for the overview; otherwise all of Identify Controller. */
  readonly identityOnly: boolean;
}) {
  // An offline secondary does not answer Identify, and asking would only put an error into the trace.
  const asked = secondary.online ? { controllerId: secondary.id } : null;
  const { value, error, loading, reload } = useRequest('guest:view', asked, secondary);
  // Outside a virtual subsystem a physical identity is right, and no leak.
  const virtual = secondary.virtualSubsystemId !== null;
  const head = identityOnly ? (
    <div className={styles.section}>
      <SectionLabel aside={virtual ? 'virtual identity' : undefined}>Guest sees</SectionLabel>
    </div>
  ) : null;
  if (asked === null)
    return (
      <>
        {head}
        <p className="mute">
          Offline: a guest cannot read anything from it. It answers Identify once it is online.
        </p>
      </>
    );
  if (error !== null)
    return <ErrorNotice title="The guest view could not be read" error={error} onRetry={reload} />;
  if (value === null) return loading ? <LoadingState>Asking the controller…</LoadingState> : null;
  const fields = value.fields.filter((field) => !identityOnly || identityKeys.has(field.key.toLowerCase()));
  return (
    <>
      {head}
      <Facts
        label="What the guest sees"
        rows={fields.map((field) => ({
          name: field.title,
          mono: true,
          copy: identityOnly ? field.guest : undefined,
          value: (
            <>
              {field.guest === '' ? '–' : field.guest}{' '}
              {virtual && field.differs ? (
                <span className="ok" title={`The primary controller answers ${field.physical}`}>
                  ✓ virtual
                </span>
              ) : virtual && identityKeys.has(field.key.toLowerCase()) ? (
                <span className="warn">▲ physical</span>
              ) : null}
            </>
          ),
        }))}
      />
    </>
  );
}
