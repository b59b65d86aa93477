import { type ReactNode, useEffect, useState } from 'react';
import { client } from '../bridge/client.ts';
import { ProgressBar } from '../ui/content/small.tsx';
import { LoadingState } from '../ui/content/states.tsx';
import styles from './open.module.css';

/** Something is being read, with how far it is where that takes long enough to be told: archives do. */
export function ReadingState({ children }: { readonly children: ReactNode }) {
  const [share, setShare] = useState<number | null>(null);
  useEffect(
    () => client.listen('fleet:reading', ({ read, size }) => setShare(size > 0 ? read / size : 1)),
    [],
  );
  return (
    <>
      <LoadingState>{children}</LoadingState>
      {share === null ? null : (
        <ProgressBar value={share} label="Read of the archive" className={styles.reading} />
      )}
    </>
  );
}
