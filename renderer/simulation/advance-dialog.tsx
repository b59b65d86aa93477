import { useState } from 'react';
import { simulatedTimeWords } from '#shared/simulation/clock-words.ts';
import { closeDialog } from '../actions/shown-dialog.ts';
import { useClock } from '../fleet-mirror/clock-store.ts';
import { Button } from '../ui/controls/button.tsx';
import { TextField } from '../ui/controls/form.tsx';
import { Dialog } from '../ui/overlays/dialog.tsx';
import { wholeNumber } from '../ui/whole-number.ts';
import { stepClock } from './clock-actions.ts';

/** A day: the longest step by time. */
const longest = 86_400_000;

/** Lets a paused clock go on by a number of milliseconds. */
export function AdvanceDialog() {
  const clock = useClock((state) => state.clock);
  const [text, setText] = useState('1000');
  if (clock === null) return null;
  const number = wholeNumber(text, longest);
  // A step by nothing would look like a step that failed.
  const milliseconds = number === 0 ? null : number;
  const problem = `Enter a whole number of milliseconds from 1 to ${longest}.`;
  const advance = () => {
    if (milliseconds === null) return;
    closeDialog();
    void stepClock(milliseconds);
  };
  return (
    <Dialog
      open
      onClose={closeDialog}
      title="Let simulated time pass"
      description={`It is ${simulatedTimeWords(clock.milliseconds)} in the simulation. The clock is paused, and everything due within that time happens in order.`}
      footer={
        <>
          <Button onClick={closeDialog}>Cancel</Button>
          <Button kind="primary" unavailable={milliseconds === null ? problem : false} onClick={advance}>
            Advance the clock
          </Button>
        </>
      }
    >
      <form
        style={{ display: 'contents' }}
        onSubmit={(event) => {
          event.preventDefault();
          advance();
        }}
      >
        <TextField
          label="Milliseconds"
          inputMode="numeric"
          value={text}
          onChange={setText}
          error={milliseconds === null ? problem : undefined}
        />
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
