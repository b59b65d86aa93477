import { create } from 'zustand';

const useAnnouncement = create<{ readonly text: string }>(() => ({ text: '' }));

/** Says a text through the live region. The same text twice is said twice. */
export function announce(text: string): void {
  // A live region speaks when its text changes; a no-break space makes a repetition a change.
  useAnnouncement.setState((state) => ({ text: state.text === text ? `${text}\u00a0` : text }));
}

/** The live region for what a sighted person sees happen: picked up, target, dropped. Mounted once by the frame. */
export function Announcer() {
  const text = useAnnouncement((state) => state.text);
  return (
    <div className="visually-hidden" aria-live="assertive" data-testid="announcer">
      {text}
    </div>
  );
}
