/**
 * "Is there anything to do?" answered from the disk in a few milliseconds.
 *
 * A stamp holds two values. The quick one comes from sizes and times and decides nearly always; when it differs
 * (a checkout or a copy touches every file), the contents decide, so that equal files never cause work.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * @typedef {object} Stamp
 * @property {string} quick hash of path, size and modification time of every input
 * @property {string} content hash of path and content of every input
 */

/**
 * @param {string} root
 * @param {readonly string[]} inputs files and folders, relative to the root; folders count with all below them
 * @param {(path: string) => boolean} [counts] leaves out files by their relative path
 * @returns {string[]} relative paths, sorted; an input that is not there is left out
 */
export function listInputs(root, inputs, counts = () => true) {
  /** @type {string[]} */
  const files = [];
  /** @param {string} path */
  const visit = (path) => {
    const found = statSync(join(root, path), { throwIfNoEntry: false });
    if (found?.isDirectory()) {
      for (const name of readdirSync(join(root, path))) visit(`${path}/${name}`);
    } else if (found && counts(path)) {
      files.push(path);
    }
  };
  for (const input of inputs) visit(input);
  return files.sort();
}

/**
 * @param {string} root
 * @param {readonly string[]} files
 * @returns {string}
 */
export function quickHash(root, files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {readonly string[]} files
 * @returns {string}
 */
export function contentHash(root, files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * @param {string} file
 * @returns {Stamp | undefined} undefined when there is none, or none that can be read
 */
export function readStamp(file) {
  try {
    const stamp = JSON.parse(readFileSync(file, 'utf8'));
    return typeof stamp?.quick === 'string' && typeof stamp.content === 'string' ? stamp : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} file
 * @param {Stamp} stamp
 */
export function writeStamp(file, stamp) {
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(stamp));
  renameSync(unfinished, file);
}

/**
 * Compares the inputs with the stamp of the last work; equal contents under new times renew the stamp.
 * @param {string} root
 * @param {readonly string[]} files
 * @param {string} stampFile
 * @returns {{ upToDate: true } | { upToDate: false, stamp: Stamp }} the stamp to write once the work is done
 */
export function compareStamp(root, files, stampFile) {
  const known = readStamp(stampFile);
  const quick = quickHash(root, files);
  if (known?.quick === quick) return { upToDate: true };
  const stamp = { quick, content: contentHash(root, files) };
  if (known?.content !== stamp.content) return { upToDate: false, stamp };
  writeStamp(stampFile, stamp);
  return { upToDate: true };
}
