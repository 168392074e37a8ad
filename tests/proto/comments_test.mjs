// Shows that the check of comments refuses what it is there to refuse.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './buf.mjs';
import { lacking, protoFiles } from './comments.mjs';

const GOOD = `syntax = "proto3";

package sluis.sample.v1;

// A row.
// Seen by users. Source: the node.
message Row {
  // Day, YYYY-MM-DD.
  string day = 1;
  // Names.
  repeated string names = 2;
}

// Where it differs.
message Mixed {
  // Seen by users.
  string open = 1;
  // Seen by
  // nobody.
  map<string, bytes> closed = 2;
}

// Seen by users.
message Empty {}

// A kind, not a message.
enum Kind {
  KIND_UNSPECIFIED = 0;
}

// Seen by users.
message Choice {
  oneof kind {
    // One.
    string one = 1;
  }
  // Seen by nobody.
  message Inner {
    // Number.
    optional uint32 number = 1;
  }
}
`;

const broken = (from, to) => {
  assert.ok(GOOD.includes(from));
  return lacking(GOOD.replace(from, to), 'sample.proto');
};

test('a sample that says everything passes', () => assert.deepEqual(lacking(GOOD, 'sample.proto'), []));
test('a message that does not say who sees it is named', () =>
  assert.deepEqual(broken('// Seen by users. Source: the node.\n', ''), [
    'sample.proto:6: message Row does not say who it is seen by',
  ]));
test('one field of all that does not say it is enough', () =>
  assert.deepEqual(broken('  // Seen by users.\n  string open', '  // Open.\n  string open'), [
    'sample.proto:15: message Mixed does not say who it is seen by',
  ]));
test('a message without fields must say it itself', () =>
  assert.deepEqual(broken('// Seen by users.\nmessage Empty', '// Nothing.\nmessage Empty'), [
    'sample.proto:24: message Empty does not say who it is seen by',
  ]));
test('a comment that an empty line parts from its message does not count', () =>
  assert.deepEqual(broken('the node.\nmessage', 'the node.\n\nmessage'), [
    'sample.proto:8: message Row does not say who it is seen by',
  ]));
test('a field without a comment is named', () =>
  assert.deepEqual(broken('  // Names.\n', ''), ['sample.proto:10: field Row.names has no comment']));
test('a field of a oneof without a comment is named', () =>
  assert.deepEqual(broken('    // One.\n', ''), ['sample.proto:34: field Choice.one has no comment']));
test('an inner message is looked at too', () =>
  assert.deepEqual(broken('  // Seen by nobody.\n  message Inner', '  // Inner.\n  message Inner'), [
    'sample.proto:38: message Inner does not say who it is seen by',
  ]));
test('the own files are found, and one of them broken is refused', () => {
  const files = protoFiles(join(ROOT, 'proto', 'sluis'));
  assert.ok(files.length >= 5);
  const text = readFileSync(files.find((f) => f.endsWith('signal.proto')), 'utf8');
  assert.deepEqual(lacking(text, 'f'), []);
  assert.notDeepEqual(lacking(text.replaceAll('Seen by', 'Shown to'), 'f'), []);
});
