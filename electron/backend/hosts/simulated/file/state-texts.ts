import { atOnce, Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import type { FileController, FilePrimary } from '#shared/fleet-file/controller/controller-schema.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import type { FileClock } from '#shared/simulation/clock-state.ts';
import type { StateParts } from '../../../store/kept-state.ts';
import type { PciFunction } from '../host/pci-function.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import {
  isPrimary,
  isSecondary,
  type SimulatedController,
  type SimulatedPrimary,
} from '../state/controller.ts';
import { namespaceToFile, type SimulatedNamespace } from '../state/namespace.ts';
import type { SimulatedSubsystem } from '../state/subsystem.ts';
import { controllerToFile } from './controller.ts';
import { hostToFile } from './host.ts';
import { provisionedFunctionToFile } from './provisioned-function.ts';
import { secondaryToFile } from './secondary.ts';
import { sourcesOf } from './sources-of-text.ts';
import { timestampAhead } from './state-parts.ts';
import { driveToFile } from './subsystem.ts';

/** What one part holds: so many controllers that are not in use, or fewer that have queues. */
const weightOfPart = 64;
const queuesOfWeight = 8;
/** Objects that are looked at between two pauses, and how many of them a text takes that is made. */
const lookedAtAtOnce = 4000;
const looksOfText = 30;

/** The functions on the hosts' buses, by controller. */
type FunctionsByController = ReadonlyMap<SimulatedController, PciFunction>;

/** What a text was made of, each compared by `===`. */
type Sources = readonly unknown[];

/** One object of the fleet: where its text is added, what that is made of, and how. */
interface Member {
  readonly path: string;
  readonly object: object;
  sources(functions: FunctionsByController): Sources;
  /** Undefined: it is left out. */
  value(functions: FunctionsByController): object | undefined;
  /** Controllers in use have more to say. */
  readonly weight: number;
}

interface Page {
  readonly name: string;
  readonly members: readonly Member[];
}

/**
 * The state of a simulated fleet in parts (`state-parts.ts`). Every object is compared with what its text was last made of,
 * which takes a microsecond; a text that is made anew takes some tens. So `parts` is always exact and of one instant, and
 * `prepare` makes it quick when much has changed.
 */
export class StateTexts {
  readonly #origin: FleetFile;
  readonly #hosts: readonly SimulatedHost[];
  readonly #subsystems: readonly SimulatedSubsystem[];
  /** Of what there is as long as the fleet. */
  readonly #lasting: readonly Page[];
  readonly #texts = new WeakMap<object, { readonly sources: Sources; readonly text: string | null }>();
  #charactersMade = 0;
  #pages = new Map<string, { readonly texts: readonly (string | null)[]; readonly json: string }>();

  /** `origin` is the file that the fleet was made from. */
  constructor(origin: FleetFile, hosts: readonly SimulatedHost[], subsystems: readonly SimulatedSubsystem[]) {
    this.#origin = origin;
    this.#hosts = hosts;
    this.#subsystems = subsystems;
    this.#lasting = [
      ...pagesOf('subsystems', origin.subsystems.map(subsystemMember)),
      ...pagesOf('controllers', [...controllerMembers(origin, subsystems)]),
      ...origin.subsystems.flatMap((file, index) =>
        primariesOf(file.controllers, subsystems[index]).flatMap(({ written, primary, at }) =>
          pagesOf(`secondaries/${index}/${at}`, virtualFunctionMembers(written, primary, pathOf(index, at))),
        ),
      ),
    ];
  }

  /** All of it as it is now, at one instant. `clock`: what the clock is to say. */
  parts(clock: FileClock): StateParts {
    const parts = atOnce(this.#update(new Pacer(Number.POSITIVE_INFINITY)));
    const { hosts: _hosts, subsystems: _subsystems, ...rest } = this.#origin;
    parts.set('', JSON.stringify({ ...rest, hosts: [], subsystems: [], clock }));
    const drives = this.#subsystems.map((subsystem, index) => [
      `subsystems/${index}`,
      driveToFile(subsystem),
    ]);
    return parts.set('passing', JSON.stringify(drives));
  }

  /**
   * Makes the texts that `parts` would have to make, in pieces, and answers how many characters they are. The fleet may
   * change meanwhile.
   */
  *prepare(): Pieces<number> {
    const before = this.#charactersMade;
    yield* this.#update(new Pacer(lookedAtAtOnce));
    return this.#charactersMade - before;
  }

  *#update(pacer: Pacer): Pieces<Map<string, string>> {
    // Guests at work move their controllers on.
    for (const host of this.#hosts) host.virtualMachines.settle();
    const functions = functionsOf(this.#hosts);
    const parts = new Map<string, string>();
    for (const [index, host] of this.#hosts.entries()) {
      parts.set(`hosts/${index}`, `[${addition('hosts', hostToFile(host))}]`);
      yield* pacer.did(looksOfText);
    }
    const before = this.#pages;
    const pages: typeof before = new Map();
    for (const { name, members } of this.#allPages()) {
      const texts: (string | null)[] = [];
      let looks = 0;
      for (const member of members) {
        const { text, isNew } = this.#textOf(member, functions);
        texts.push(text);
        looks += isNew ? looksOfText * member.weight : 1;
      }
      yield* pacer.did(looks);
      const known = before.get(name);
      const page =
        known !== undefined && isSame(known.texts, texts)
          ? known
          : { texts, json: `[${texts.filter((text) => text !== null).join(',')}]` };
      pages.set(name, page);
      parts.set(name, page.json);
    }
    this.#pages = pages;
    return parts;
  }

  *#allPages(): Generator<Page> {
    yield* this.#lasting;
    for (const [index, subsystem] of this.#subsystems.entries()) {
      const members = [...subsystem.namespaces.values()].map((namespace) =>
        namespaceMember(namespace, index),
      );
      yield* pagesOf(`namespaces/${index}`, members);
      for (const { primary, at } of primariesOf(this.#origin.subsystems[index]?.controllers ?? [], subsystem))
        if (primary.part.provisioned)
          yield* pagesOf(`functions/${index}/${at}`, provisionedMembers(primary, pathOf(index, at)));
    }
  }

  #textOf(
    member: Member,
    functions: FunctionsByController,
  ): { readonly text: string | null; readonly isNew: boolean } {
    const sources = member.sources(functions);
    const known = this.#texts.get(member.object);
    if (known !== undefined && isSame(known.sources, sources)) return { text: known.text, isNew: false };
    const value = member.value(functions);
    const text = value === undefined ? null : addition(member.path, value);
    this.#texts.set(member.object, { sources, text });
    this.#charactersMade += text?.length ?? 0;
    return { text, isNew: true };
  }
}

/** Element by element. A loop, because a rack has hundreds of thousands of them. */
function isSame(known: Sources, now: Sources): boolean {
  if (known.length !== now.length) return false;
  for (let at = 0; at < now.length; at++) if (known[at] !== now[at]) return false;
  return true;
}

function functionsOf(hosts: readonly SimulatedHost[]): FunctionsByController {
  const functions = new Map<SimulatedController, PciFunction>();
  for (const host of hosts) {
    host.kernel.settle();
    for (const entry of host.kernel.functions.values()) functions.set(entry.controller, entry);
  }
  return functions;
}

/** An addition of one element. */
function addition(path: string, value: object): string {
  return `[${JSON.stringify(path)},[${JSON.stringify(value)}]]`;
}

/** Divides them by their weight; a list that grows or shrinks at its end leaves the parts before it as they are. */
function pagesOf(name: string, members: readonly Member[]): Page[] {
  const pages: Member[][] = [];
  let left = 0;
  for (const member of members) {
    if (left < member.weight) {
      pages.push([]);
      left = weightOfPart;
    }
    pages.at(-1)?.push(member);
    left -= member.weight;
  }
  return pages.map((some, index) => ({ name: `${name}/${index}`, members: some }));
}

const pathOf = (subsystem: number, controller: number) => `subsystems/${subsystem}/controllers/${controller}`;

function* primariesIn(
  controllers: readonly FileController[],
  subsystem: SimulatedSubsystem | undefined,
): Generator<{ readonly written: FilePrimary; readonly primary: SimulatedPrimary; readonly at: number }> {
  for (const [at, written] of controllers.entries()) {
    const primary = subsystem?.controllers.get(written.cntlid);
    if (written.role === 'primary' && primary !== undefined && isPrimary(primary))
      yield { written, primary, at };
  }
}
const primariesOf = (...of: Parameters<typeof primariesIn>) => [...primariesIn(...of)];

function subsystemMember(file: FleetFile['subsystems'][number]): Member {
  const { faults: _faults, health: _health, sanitize: _sanitize, ...fixed } = file;
  return {
    ...{ path: 'subsystems', object: file, weight: 1, sources: () => [] },
    value: () => ({ ...fixed, controllers: [], namespaces: [] }),
  };
}

function* controllerMembers(origin: FleetFile, subsystems: readonly SimulatedSubsystem[]): Generator<Member> {
  for (const [index, { controllers }] of origin.subsystems.entries())
    for (const written of controllers) {
      const controller = subsystems[index]?.controllers.get(written.cntlid);
      if (controller !== undefined)
        yield controllerMember(controller, `subsystems/${index}/controllers`, (functions) =>
          controllerToFile(written, controller, functions.get(controller)),
        );
    }
}

function virtualFunctionMembers(file: FilePrimary, { part }: SimulatedPrimary, path: string): Member[] {
  const written = new Map(file.secondaries.map((secondary) => [secondary.vfn, secondary]));
  return part.secondaries
    .slice(0, part.totalVfs)
    .filter(isSecondary)
    .map((secondary) =>
      controllerMember(secondary, `${path}/secondaries`, (functions) =>
        secondaryToFile(secondary, functions.get(secondary), written.get(secondary.part.vfn)),
      ),
    );
}

function provisionedMembers({ part }: SimulatedPrimary, path: string): Member[] {
  return part.secondaries
    .slice(part.totalVfs)
    .filter(isSecondary)
    .map((secondary) =>
      controllerMember(secondary, `${path}/provisioned/functions`, (functions) =>
        provisionedFunctionToFile(secondary, secondary.part.uuid ?? '', functions.get(secondary)),
      ),
    );
}

function controllerMember(
  controller: SimulatedController,
  path: string,
  toFile: (functions: FunctionsByController) => object | undefined,
): Member {
  return {
    path,
    object: controller,
    sources: (functions) => sourcesOf(controller, functions.get(controller)),
    value: (functions) => {
      const value = toFile(functions);
      const ahead = controller.written.live?.timestampOffset ?? null;
      return value === undefined || ahead === null ? value : withoutTime(value, ahead);
    },
    weight: 1 + Math.floor((controller.written.live?.submissionQueues.size ?? 0) / queuesOfWeight),
  };
}

/** A timestamp would be another one each time. */
function withoutTime(value: object, ahead: number): object {
  if (!('live' in value) || typeof value.live !== 'object' || value.live === null) return value;
  return { ...value, live: { ...value.live, timestamp: undefined, [timestampAhead]: ahead } };
}

function namespaceMember(namespace: SimulatedNamespace, subsystem: number): Member {
  return {
    ...{ path: `subsystems/${subsystem}/namespaces`, object: namespace, weight: 1 },
    sources: () => [namespace.contents.changes, ...namespace.attachedTo],
    value: () => namespaceToFile(namespace),
  };
}
