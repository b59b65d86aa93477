import { ChoiceList } from '../ui/controls/choice-list.tsx';

/**
 * `recorded`: the real host, read-only. `twin`: a simulated fleet with the same contents, on which everything can be
 * tried.
 */
export type OpenAs = 'recorded' | 'twin';

/** Whether what was recorded opens as it is or as a simulated twin. */
export function OpenAsChoice({
  value,
  onChoose,
  what,
}: {
  readonly value: OpenAs;
  readonly onChoose: (as: OpenAs) => void;
  /** How the first choice is called. */
  readonly what: string;
}) {
  return (
    <ChoiceList
      label="Open as"
      value={value}
      onChoose={(id) => onChoose(id === 'twin' ? 'twin' : 'recorded')}
      choices={[
        {
          id: 'recorded',
          title: what,
          details: 'Shows the real host exactly as it was captured. Nothing can be changed.',
          refusals: [],
        },
        {
          id: 'twin',
          title: 'Simulated twin',
          details: 'The same controllers, numbers, identities and state, on which changes can be rehearsed.',
          refusals: [],
        },
      ]}
    />
  );
}
