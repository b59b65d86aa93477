import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import type { NvmeCliRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import type { BerthError } from '#shared/result.ts';
import { client } from '../bridge/client.ts';
import { copyText } from '../ui/controls/copy-button.tsx';
import { allowStyles } from './allow-styles.ts';
import { isForShell } from './terminal-keys.ts';
import { onThemeChange, terminalTheme } from './terminal-theme.ts';
import '@xterm/xterm/css/xterm.css';

/** Lines that can be scrolled back to. */
const keptLines = 5000;
/** Characters of one request; a paste may be longer. */
const largestRequest = 16_000;

/** Where a terminal is. */
export interface HostTerminalPlace {
  readonly hostId: string;
  readonly hostName: string;
  /** The release of nvme-cli that `nvme` is in it. */
  readonly nvme: NvmeCliRelease;
  /** On the copy of this rehearsal; null: on the host itself. */
  readonly rehearsalId: number | null;
}

/** A terminal on a host, with its shell in the main process. It lives on while another tab is shown. */
export class HostTerminal {
  /** What is put into the page to show it. */
  readonly element = document.createElement('div');
  readonly place: HostTerminalPlace;
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #removers: (() => void)[] = [];
  #session: number | null = null;
  /** Output of a session whose number is not known yet. */
  #early: { readonly sessionId: number; readonly data: string }[] = [];
  #isOpening = false;
  #typed: Promise<unknown> = Promise.resolve();
  #leave: () => void = () => undefined;

  constructor(place: HostTerminalPlace) {
    this.place = place;
    this.#terminal = new Terminal({
      convertEol: true,
      cursorBlink: false,
      fontFamily: '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace, monospace',
      fontSize: 12,
      lineHeight: 1.25,
      minimumContrastRatio: 4.5,
      screenReaderMode: true,
      scrollback: keptLines,
      theme: terminalTheme(),
      // A link in an output is text: nothing of it is opened.
      linkHandler: { activate: () => undefined },
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.attachCustomKeyEventHandler((event) =>
      isForShell(event, {
        leave: () => this.#leave(),
        copy: () => void copyText(this.#terminal.getSelection()),
      }),
    );
    this.#terminal.onData((data) => this.#type(data));
    this.#terminal.onResize(({ cols: columns, rows }) => {
      if (this.#session !== null)
        void client.call('terminal:resize', { sessionId: this.#session, columns, rows });
    });
    this.#removers.push(
      client.listen('terminal:output', (event) => this.#take(event)),
      client.listen('terminal:ended', ({ sessionId }) => this.#end(sessionId)),
      onThemeChange(() => {
        this.#terminal.options.theme = terminalTheme();
      }),
    );
    this.element.setAttribute('role', 'group');
    this.element.setAttribute(
      'aria-label',
      place.rehearsalId === null
        ? `Terminal of ${place.hostName}`
        : `Terminal of the copy of ${place.hostName}`,
    );
  }

  /** Shows it in a box of the page; the first time, its shell is started. `leave`: moves the focus on from it. */
  show(box: HTMLElement, leave: () => void): void {
    this.#leave = leave;
    box.append(this.element);
    if (this.#terminal.element === undefined) allowStyles(() => this.#terminal.open(this.element));
    this.fit();
    if (this.#session === null) void this.#start();
  }

  hide(): void {
    this.element.remove();
  }

  fit(): void {
    if (this.element.clientWidth > 0 && this.element.clientHeight > 0) this.#fit.fit();
  }

  focus(): void {
    this.#terminal.focus();
  }

  clear(): void {
    this.#terminal.clear();
  }

  interrupt(): void {
    this.#type('\x03');
  }

  /** Ends its shell. */
  dispose(): void {
    for (const remove of this.#removers) remove();
    if (this.#session !== null) void client.call('terminal:close', { sessionId: this.#session });
    this.#terminal.dispose();
    this.element.remove();
  }

  async #start(): Promise<void> {
    if (this.#isOpening) return;
    this.#isOpening = true;
    const { cols: columns, rows } = this.#terminal;
    const { hostId, nvme, rehearsalId } = this.place;
    const where = rehearsalId === null ? { hostId, nvme } : { hostId, rehearsalId };
    const opened = await client.call('terminal:open', { ...where, columns, rows });
    this.#isOpening = false;
    if (!opened.ok) {
      this.#early = [];
      this.#say(errorLines(opened.error));
      return;
    }
    this.#session = opened.value.sessionId;
    for (const output of this.#early.splice(0)) this.#take(output);
  }

  #take(output: { readonly sessionId: number; readonly data: string }): void {
    const { sessionId, data } = output;
    if (this.#session === null && this.#isOpening) this.#early.push(output);
    if (sessionId !== this.#session) return;
    this.#terminal.write(data, () => {
      void client.call('terminal:shown', { sessionId, characters: data.length });
    });
  }

  #end(sessionId: number): void {
    if (sessionId !== this.#session) return;
    this.#session = null;
    this.#say('The shell has ended. Press Enter for a new one.');
  }

  #type(data: string): void {
    const sessionId = this.#session;
    if (sessionId === null) {
      if (/[\r\n]/.test(data)) void this.#start();
      return;
    }
    // One request after the other: a long paste must arrive in its order.
    for (let at = 0; at < data.length; at += largestRequest) {
      const part = data.slice(at, at + largestRequest);
      const send = async () => {
        const answer = await client.call('terminal:type', { sessionId, data: part });
        if (!answer.ok) this.#say(errorLines(answer.error));
      };
      // What stops a line does not wait behind what was typed ahead.
      this.#typed = part === '\x03' ? send() : this.#typed.then(send);
    }
  }

  #say(text: string): void {
    this.#terminal.write(`\n\x1b[33m${text}\x1b[39m\n`);
  }
}

function errorLines({ message, fix }: BerthError): string {
  return fix === undefined ? message : `${message}\n${fix}`;
}
