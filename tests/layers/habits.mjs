// House rules a machine can check: length of files, names that say nothing, words of unfinished work, C++ files that no
// build file names (a test that is not built passes unseen), parsers without the fuzz target that tests/fuzz/parsers.txt names,
// fault tests that would miss the sanitizers.
// usage: node habits.mjs ROOT; prints one finding per line and exits 1 when there is one.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceFiles } from './tree.mjs';

const MAX_LINES = 400;
const MAX_PACK_LINES = 800;
const SOURCES = /(\.(cc|h|proto|mjs|js|ts|svelte|sh|cmake|yaml|yml)|CMakeLists\.txt|^dev)$/;
const EMPTY_NAME = /^(.*_)?(utils?|common|helpers?|misc)([._].*)?$/i;
// Put together from parts, so that this file does not find itself. Upper case UNIMPLEMENTED is a gRPC status code.
const UNFINISHED = new RegExp(
  ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK', '[Nn]ot ' + 'implemented', '[Uu]n' + 'implemented', '[Ff]or ' + 'now']
    .map((word) => `\\b${word}\\b`)
    .join('|'),
);

/** Whether a build file of the file's folder or of one above names it; a CMake variable stands for any text. */
function isNamed(file, byFolder) {
  for (let at = dirname(file); ; at = dirname(at)) {
    if ((byFolder.get(at) ?? []).some((name) => name.test(basename(file)))) return true;
    if (at === '.') return false;
  }
}

const asPattern = (word) =>
  new RegExp(`^${basename(word).replace(/[.+]/g, '\\$&').replace(/\$\{[^}]*\}/g, '[a-z0-9_]+')}$`);

function checkBuilt(root) {
  const byFolder = new Map();
  for (const file of sourceFiles(root, /(^CMakeLists\.txt|\.cmake)$/)) {
    const text = readFileSync(join(root, file), 'utf8').replace(/#.*/g, '');
    const names = text.split(/[\s()"]+/).filter((word) => word.endsWith('.cc')).map(asPattern);
    byFolder.set(dirname(file), [...(byFolder.get(dirname(file)) ?? []), ...names]);
  }
  return sourceFiles(root, /\.cc$/)
    .filter((file) => !isNamed(file, byFolder))
    .map((file) => `${file}: no build file names it`);
}

/** tests/fuzz/parsers.txt: each file is there, and each target has a source; its head says how they are named. */
export function checkParsers(root) {
  const data = 'tests/fuzz/parsers.txt';
  if (!existsSync(join(root, data))) return [`${data}: is missing; it says which fuzz target feeds which parser`];
  const lines = readFileSync(join(root, data), 'utf8').split('\n');
  const targets = new Set(
    sourceFiles(root, /_fuzz\.cc$/)
      .filter((file) => readFileSync(join(root, file), 'utf8').includes('LLVMFuzzerTestOneInput'))
      .map((file) => /^tests\/fuzz\/([a-z]+)\/(?:.*\/)?([a-z0-9_]+)\.cc$/.exec(file))
      .map((match) => match && `${match[1]}_${match[2]}`),
  );
  return lines.flatMap((line, at) => {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    if (words[0] === '') return [];
    const [file, target] = words;
    if (words.length !== 2) return [`${data}:${at + 1}: give a parser's file and its fuzz target`];
    return [
      ...(existsSync(join(root, file)) ? [] : [`${data}:${at + 1}: there is no ${file}`]),
      ...(targets.has(target) ? [] : [`${data}:${at + 1}: ${file} has no fuzz target: no source of ${target}`]),
    ];
  });
}

/** A test of tests/fault that needs no daemon runs in its own process, so under the sanitizers as well. */
export function checkFaultLabels(cmake) {
  const tests = [...cmake.matchAll(/^sluis_test\((\w+)([^)]*)\)/gm)];
  return tests.flatMap(([, name, body]) => {
    const [, labels = ''] = /LABELS([\sa-z]*)/.exec(body) ?? [];
    const daemon = /\bsluis_test_daemon\b/.test(body);
    if (daemon || labels.split(/\s+/).includes('asan')) return [];
    return [`tests/fault/CMakeLists.txt: ${name} runs in its own process and lacks the label asan`];
  });
}

export function checkHabits(root) {
  const findings = checkBuilt(root);
  for (const file of sourceFiles(root, SOURCES)) {
    const lines = readFileSync(join(root, file), 'utf8').replace(/\n$/, '').split('\n');
    // A pack is one signed object with its tests, each on its line: it cannot be cut in two.
    const most = file.startsWith('policies/packs/') ? MAX_PACK_LINES : MAX_LINES;
    if (lines.length > most && !file.startsWith('tests/'))
      findings.push(`${file}: ${lines.length} lines, more than ${most}: probably two nouns in one file`);
    if (EMPTY_NAME.test(basename(file))) findings.push(`${file}: the name says nothing; name what it holds`);
    lines.forEach((line, at) => {
      const word = UNFINISHED.exec(line);
      if (word) findings.push(`${file}:${at + 1}: unfinished work: ${word[0]}`);
    });
  }
  return findings;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = process.argv[2] ?? '.';
  const fault = readFileSync(join(root, 'tests/fault/CMakeLists.txt'), 'utf8');
  const findings = [...checkHabits(root), ...checkParsers(root), ...checkFaultLabels(fault)];
  findings.forEach((f) => console.log(f));
  process.exitCode = findings.length === 0 ? 0 : 1;
}
