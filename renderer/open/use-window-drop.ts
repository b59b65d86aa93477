import { useEffect } from 'react';
import { client } from '../bridge/client.ts';
import { useNavigation } from '../navigation.ts';
import { isScriptName, openScript } from '../rehearsal/rehearsal-store.ts';
import { notify } from '../ui/overlays/notices.ts';
import { useOpenDraft } from './open-draft.ts';

/** Opens what is dropped anywhere on the window with the Open dialog, or rehearses it where it is a script. Drags inside the window carry no files. */
export function useWindowDrop(): void {
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      openDropped([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, []);
}

/** The pointer of the carry overlay drags no files, and texts that are dragged around are none of ours. */
function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** Several are outputs of one host; a file that is not on a disk (an image out of a browser) has no path. */
function openDropped(files: readonly File[]): void {
  const [first] = files;
  if (first !== undefined && isScriptName(first.name)) {
    void openScript(first);
    return;
  }
  const paths = files.map((file) => client.pathForFile(file)).filter((path) => path !== '');
  if (paths.length === 0) {
    notify({
      tone: 'warning',
      title: 'Nothing to open',
      text: 'Drop a capture folder or archive, a fleet file, files with outputs of nvme-cli, or a shell script from disk.',
    });
    return;
  }
  useOpenDraft.setState({ paths });
  useNavigation.setState({ openDialog: true });
}
