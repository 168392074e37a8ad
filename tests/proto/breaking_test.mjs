// Shows that lint and the compatibility check refuse what they are there to refuse: a copy of proto/ is changed in one
// place and checked against the unchanged files.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { buf, ROOT } from './buf.mjs';

const work = mkdtempSync(join(tmpdir(), 'proto-'));
after(() => rmSync(work, { recursive: true }));

// A plain field of a message: `  [optional|repeated] type name = number` and what follows.
const FIELD = /^(  (?:optional |repeated )?)([a-z0-9]+)( [a-z0-9_]+ = )(\d+)(;|\s*\[)/m;

const original = join(work, 'original.binpb');
assert.equal(buf(ROOT, 'build', '-o', original).status, 0);

/** Copies proto/, changes the first file that `change` alters, and returns the copy's folder. */
function changedCopy(change) {
  const copy = mkdtempSync(join(work, 'copy-'));
  cpSync(join(ROOT, 'buf.yaml'), join(copy, 'buf.yaml'));
  cpSync(join(ROOT, 'proto'), join(copy, 'proto'), { recursive: true });
  const walk = (folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((e) =>
      e.isDirectory() ? walk(join(folder, e.name)) : e.name.endsWith('.proto') ? [join(folder, e.name)] : [],
    );
  for (const file of walk(join(copy, 'proto')).sort()) {
    const before = readFileSync(file, 'utf8');
    const text = change(before);
    if (text !== before) {
      writeFileSync(file, text);
      return copy;
    }
  }
  return assert.fail('the change applies to no proto file');
}

const breaking = (change) => buf(changedCopy(change), 'breaking', '--against', original);

function refused({ status, output }, pattern) {
  assert.equal(status, 100, output);  // buf's exit status for findings, unlike that for its own errors
  assert.match(output, pattern);
}

test('a new comment and a new message are compatible', () => {
  const result = breaking((text) => `${text}\n// Something new.\nmessage SomethingNew {}\n`);
  assert.equal(result.status, 0, result.output);
});
test('another field number is refused', () =>
  refused(breaking((text) => text.replace(FIELD, '$1$2$39999$5')), /deleted|moved/));
test('another field type is refused', () =>
  refused(breaking((text) => text.replace(FIELD, (all, a, type, b, n, end) => `${a}${type === 'bytes' ? 'string' : 'bytes'}${b}${n}${end}`)), /type/));
test('another field name is refused', () =>
  refused(breaking((text) => text.replace(FIELD, (all, a, type, b, n, end) => `${a}${type} renamed_by_test = ${n}${end}`)), /name/));
test('a field without its comment fails lint', () =>
  refused(buf(changedCopy((text) => `${text}\n// Something new.\nmessage SomethingNew {\n  bytes bare = 1;\n}\n`), 'lint'), /bare/));
