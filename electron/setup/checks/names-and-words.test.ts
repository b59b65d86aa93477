import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../paths.mjs';

/** Sources of the program without its tests; new ones that are not committed yet too. */
const sources = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', 'shared', 'electron', 'renderer'],
  { cwd: projectRoot, encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => /\.(?:tsx?|mjs)$/.test(file) && !/\.test\.tsx?$/.test(file))
  .filter((file) => existsSync(path.join(projectRoot, file)))
  .map((file) => ({ file, text: readFileSync(path.join(projectRoot, file), 'utf8') }));

/** A handler of the simulated device, and the rows that cover its statuses, bear the name of their admin command. */
const isDevice = (file: string) => file.startsWith('electron/backend/hosts/simulated/');

/** Plain Node that runs before anything is built; what the scripts export is used by the scripts only. */
const isSetup = (file: string) => file.startsWith('electron/setup/');

/** Exported names that several files may share: they are short words of one small vocabulary, read beside each other. */
const sharedNames: ReadonlyMap<string, string> = new Map([
  ['uint16', 'the same schema in fleet files and in steps, which do not import each other'],
  ['nsid', 'the schema in steps, the field in admin commands'],
  ['functionAddress', 'the schema in fleet files, the value in the fleet'],
  ['number', 'reading a fleet file leniently, and a field of its form'],
  ['text', 'reading a fleet file leniently, and a field of its form'],
]);

/** Names with the files that export them, for those that more than one file exports. */
function repeatedExports(declaration: RegExp, of: typeof sources): (readonly [string, readonly string[]])[] {
  const places = new Map<string, string[]>();
  for (const { file, text } of of)
    for (const [, name = ''] of text.matchAll(declaration))
      places.set(name, [...new Set([...(places.get(name) ?? []), file])]);
  return [...places].filter(([, files]) => files.length > 1);
}

test('one canonical type for each concept: no two files export a type of one name', () => {
  expect(sources.length).toBeGreaterThan(600);
  expect(repeatedExports(/^export (?:interface|type) (\w+)/gm, sources)).toEqual([]);
});

test('no two files export a value of one name, but for the commands of the device and the set-up', () => {
  const repeated = repeatedExports(
    /^export (?:async )?(?:function\*?|const|class) (\w+)/gm,
    sources.filter(({ file }) => !isDevice(file) && !isSetup(file)),
  );
  expect(repeated.filter(([name]) => !sharedNames.has(name))).toEqual([]);
});

/** The texts of string and template literals, with the line where each begins; comments are skipped. */
function literalsOf(source: string): { readonly line: number; readonly text: string }[] {
  const tokens =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\$]|\\.|\$(?!\{)|\$\{(?:[^{}`]|\{[^{}]*\}|`[^`]*`)*\})*)`/g;
  return [...source.matchAll(tokens)].flatMap((match) => {
    const text = match[1] ?? match[2] ?? match[3];
    return text === undefined ? [] : [{ line: source.slice(0, match.index).split('\n').length, text }];
  });
}

/** Words that a person should not read in this program, each with what to write in its place. */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/(?<!\b[Tt]here )\b(?:is|are) no (?!longer\b)[A-Za-z]/, 'is not a …'],
  [/\b(?:in|to|of) no (?!return\b|actual\b)[A-Za-z]/, 'not in a …, not to a …'],
  [/\b(?:tells|told)\b/, 'reports, reported'],
  [/\b(?:[Nn]obody|[Ss]omebody)\b/, 'name who does it'],
  [/\banew\b/, 'again'],
  [/\bany ?more\b/, 'no longer'],
  [/\balready(?:[.;,]|$)/, 'already before the verb'],
  [/\b[Rr]ecordings?\b/, 'capture'],
  [/\bpersonalit(?:y|ies)\b/, 'profile'],
  [/\b[Ii]njections?\b/, 'fault'],
  [/\b[Vv]irtual I[Dd]s?\b/, 'virtual id'],
];

test('literals are found, comments and code are not', () => {
  const source =
    '// "no"\nconst a = "one two"; /* `no` */\nconst b = `three $' + "{a} four`;\nconst c = 'it\\'s';";
  expect(literalsOf(source)).toEqual([
    { line: 2, text: 'one two' },
    { line: 3, text: 'three $' + '{a} four' },
    { line: 4, text: "it\\'s" },
  ]);
});

/** Titles of the rows from which the coverage of the device is made: names of tests, not texts of the program. */
const isExempt = (file: string) => file.startsWith('electron/backend/hosts/simulated/testing/');

test('what people read is plain English, with one word for one thing', () => {
  const read = sources.filter(({ file }) => !isExempt(file));
  expect(read.flatMap(({ text }) => literalsOf(text)).length).toBeGreaterThan(5000);
  const found = read.flatMap(({ file, text }) =>
    literalsOf(text).flatMap((literal) =>
      forbidden
        .filter(([pattern]) => literal.text.includes(' ') && pattern.test(literal.text))
        .map(([, instead]) => `${file}:${literal.line}: "${literal.text}" (${instead})`),
    ),
  );
  expect(found).toEqual([]);
});

test('a count gets its noun from countWords, not from an s behind it', () => {
  const byHand = sources.filter(({ text }) => /\? '' : 's'|\? 's' : ''/.test(text)).map(({ file }) => file);
  expect(byHand).toEqual([]);
});
