import { useEffect, useId, useRef, useState } from 'react';
import { largestPaste } from '#shared/bounds/sizes.ts';
import { useRequest } from '../bridge/use-request.ts';
import { ErrorNotice } from '../ui/content/states.tsx';
import styles from './open.module.css';
import type { OpenAs } from './open-as-choice.tsx';
import { OutputsChoice } from './outputs-choice.tsx';

/** Milliseconds after the last change: nobody wants an answer to half a word. */
const pause = 250;

/** A box for what people have in a terminal, a mail or a forum; it says at once what it recognises. */
export function PasteBox({
  onOpen,
  onBack,
}: {
  readonly onOpen: (text: string, as: OpenAs) => void;
  readonly onBack: () => void;
}) {
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  const help = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  // Whoever asked for the box is about to paste.
  useEffect(() => box.current?.focus(), []);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), pause);
    return () => clearTimeout(timer);
  }, [text]);
  const isTooLong = asked.length > largestPaste;
  const isBlank = asked.trim() === '';
  const { value, error, loading } = useRequest(
    'outputs:recognise',
    isTooLong || isBlank ? null : { kind: 'text', text: asked },
  );
  const recognition = value?.kind === 'outputs' && !isBlank ? value.recognition : null;
  return (
    <>
      <textarea
        ref={box}
        aria-label="Pasted text"
        aria-describedby={help}
        className={styles.paste}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <p id={help} className="mute">
        {isTooLong
          ? `The text has more than ${largestPaste.toLocaleString('en-US')} characters. Save it as a file and open that.`
          : 'Outputs of nvme-cli, lspci, smartctl -j, virsh and dmesg, one after the other. Prompts and colours do not matter; a command line above an output says which device it is of.'}
      </p>
      {error === null ? null : <ErrorNotice error={error} title="The text could not be looked at" />}
      <OutputsChoice
        recognition={recognition}
        waiting={loading || asked !== text ? 'The text is being looked at.' : null}
        onOpen={(as) => onOpen(text, as)}
        onBack={onBack}
      />
    </>
  );
}
