import { useEffect } from 'react';
import { useNavigation } from '../navigation.ts';

/** Takes the run that another screen asked to show; taken once, so that coming back later shows what was left. */
export function useTakenRunId(take: (runId: string) => void): void {
  const runId = useNavigation((state) => state.runId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a newly asked run is taken
  useEffect(() => {
    if (runId === null) return;
    take(runId);
    useNavigation.setState({ runId: null });
  }, [runId]);
}
