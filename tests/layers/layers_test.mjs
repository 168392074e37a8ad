// The checks must be able to fail: each forbidden thing is put into a small tree of its own and must be found.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkDependencies } from './dependencies.mjs';
import { checkFaultLabels, checkHabits, checkParsers } from './habits.mjs';
import { checkRules, checkTree, parseRules } from './layers.mjs';

const EDGES = `
layer proto/sluis/record/** ->
layer proto/sluis/node/** -> proto/sluis/record/**
layer crypto ->
layer server/storage -> crypto
layer server/authn -> crypto
layer server/core -> server/storage crypto proto/sluis/record/**
layer server -> server/core
layer tests/support/** -> crypto
mirror tests -> tests/support/**
external grpcpp/ : server/authn:1 server
external rocksdb/ : server/storage
external gtest/ : tests/**
`;

function withTree(files, check) {
  const root = mkdtempSync(join(tmpdir(), 'layers-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    return check(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const findings = (files) => withTree(files, (root) => checkTree(root, parseRules(EDGES)));

function expectOne(files, pattern) {
  const found = findings(files);
  assert.equal(found.length, 1, found.join('\n'));
  assert.match(found[0], pattern);
}

test('allowed includes give no finding', () => {
  assert.deepEqual(
    findings({
      'crypto/a.h': '#include <sodium.h>\n#include "crypto/b.h"\n',
      'server/core/x.cc': '#include "server/storage/s.h"\n#include "sluis/record/v1/signal.pb.h"\n',
      'server/storage/s.cc': '#include <rocksdb/db.h>\n',
      'tests/server/core/x_test.cc': '#include <gtest/gtest.h>\n#include "server/core/x.h"\n#include "tests/support/s.h"\n',
      'tests/server/storage/s_test.cc': '#include "rocksdb/db.h"\n',
      'proto/sluis/node/v1/n.proto': 'import "sluis/record/v1/signal.proto";\nimport "google/protobuf/descriptor.proto";\n',
      'build/generated/bad.cc': '#include "server/core/x.h"\n',
    }),
    [],
  );
});

test('an include against the direction is found, with file and line', () =>
  expectOne({ 'crypto/a.cc': '\n#include "server/core/x.h"\n' }, /^crypto\/a\.cc:2: crypto may not include server\/core /));
test('an allowed edge is not transitive', () =>
  expectOne({ 'server/main.cc': '#include "crypto/a.h"\n' }, /server may not include crypto/));
test('spaces and angle brackets do not hide an include', () =>
  expectOne({ 'crypto/a.cc': '#  include <server/core/x.h>\n' }, /may not include server\/core/));
test('generated messages are a layer', () =>
  expectOne({ 'server/core/x.cc': '#include "sluis/node/v1/n.pb.h"\n' }, /may not include proto\/sluis\/node/));
test('proto imports are includes', () =>
  expectOne({ 'proto/sluis/record/v1/r.proto': 'import "sluis/node/v1/n.proto";\n' }, /may not include proto\/sluis\/node/));
test('production code may not include tests', () =>
  expectOne({ 'server/core/x.cc': '#include "tests/support/s.h"\n' }, /may not include tests\/support/));
test('a mirrored test may not include what its subject may not', () =>
  expectOne({ 'tests/crypto/a_test.cc': '#include "server/core/x.h"\n' }, /may not include server\/core/));
test('a library header outside its place is found', () =>
  expectOne({ 'server/core/x.cc': '#include <rocksdb/db.h>\n' }, /server\/core may not include rocksdb/));
test('generated service code counts as gRPC', () =>
  expectOne({ 'server/core/x.cc': '#include "sluis/record/v1/r.grpc.pb.h"\n' }, /may not include .*grpc\.pb\.h/));
test('a test library in production is found', () =>
  expectOne({ 'crypto/a.cc': '#include <gtest/gtest.h>\n' }, /crypto may not include gtest/));
test('a place of one file allows one name, header and source', () => {
  const pair = { 'server/authn/p.cc': '#include <grpcpp/grpcpp.h>\n', 'server/authn/p.h': '#include <grpcpp/grpcpp.h>\n' };
  assert.deepEqual(findings(pair), []);
  expectOne({ ...pair, 'server/authn/q.cc': '#include <grpcpp/grpcpp.h>\n' }, /only one file of server\/authn/);
});
test('a folder without a rule is found', () =>
  expectOne({ 'server/extra/x.cc': '' }, /no layer of edges\.txt covers server\/extra/));
test('relative includes are found', () => {
  expectOne({ 'crypto/a.cc': '#include "a.h"\n' }, /from the root/);
  expectOne({ 'crypto/a.cc': '#include "../server/core/x.h"\n' }, /from the root/);
});

test('a cycle in the data file is found', () => {
  const found = checkRules(parseRules('layer a -> b\nlayer b -> c\nlayer c -> a\n'));
  assert.deepEqual(found, ['edges: cycle: a -> b -> c -> a']);
});
test('an edge to an unknown layer is found', () =>
  assert.deepEqual(checkRules(parseRules('layer a -> b\n')), ['edges: a -> b: no such layer']));
test('a line that cannot be read is refused with its number', () => {
  assert.throws(() => parseRules('layer a ->\nlayer b\n'), /line 2/);
  assert.throws(() => parseRules('layer a ->\nlayer a ->\n'), /line 2: a is given twice/);
});

test('house rules find long files, empty names and unfinished work', () => {
  const long = 'int x;\n'.repeat(401);
  const build = { 'CMakeLists.txt': 'add(crypto/a.cc a_test.cc common.cc utility_bill.cc)' };
  const check = (files) => withTree({ ...build, ...files }, checkHabits);
  assert.deepEqual(check({ 'crypto/a.cc': 'int x;\n'.repeat(400), 'tests/a_test.cc': long }), []);
  assert.match(check({ 'crypto/a.cc': long })[0], /401 lines/);
  assert.deepEqual(check({ 'policies/packs/a.yaml': 'a: 1\n'.repeat(800) }), []);
  assert.match(check({ 'policies/packs/a.yaml': 'a: 1\n'.repeat(801) })[0], /801 lines/);
  for (const name of ['crypto/util.h', 'server/common.cc', 'client/string_utils.h', 'a/helpers.mjs', 'a/misc.proto'])
    assert.equal(check({ [name]: '' }).length, 1, name);
  assert.deepEqual(check({ 'crypto/commonality.h': '', 'server/utility_bill.cc': '' }), []);
  for (const word of ['TO' + 'DO', 'FIX' + 'ME', 'for ' + 'now', 'not ' + 'implemented'])
    assert.match(check({ 'crypto/a.cc': `// ${word}: x\n` })[0], /crypto\/a\.cc:1: unfinished work/);
  assert.deepEqual(check({ 'crypto/a.cc': 'return grpc::StatusCode::UNIMPLEMENTED;\n' }), []);
});

test('a C++ file that no build file names is found', () => {
  const files = { 'CMakeLists.txt': 'add(a.cc) # crypto/b.cc', 'policies/CMakeLists.txt': 'add(c.cc)', 'crypto/a.cc': '' };
  const check = (more) => withTree({ ...files, ...more }, checkHabits);
  assert.deepEqual(check({ 'policies/c.cc': '' }), []);
  const loop = { 'tests/fuzz/crypto.cmake': 'foreach(t note) f(SRCS ${D}/crypto/${t}_fuzz.cc)' };
  assert.deepEqual(check({ ...loop, 'tests/fuzz/crypto/note_fuzz.cc': '' }), []);
  assert.equal(check({ ...loop, 'tests/fuzz/crypto/note_test.cc': '' }).length, 1);
  assert.deepEqual(check({ 'crypto/b.cc': '' }), ['crypto/b.cc: no build file names it']);
  assert.deepEqual(check({ 'crypto/c.cc': '' }), ['crypto/c.cc: no build file names it']);
});

test('a parser without its fuzz target is found', () => {
  const list = 'tests/fuzz/parsers.txt';
  const target = 'extern "C" int LLVMFuzzerTestOneInput(const uint8_t*, size_t) { return 0; }\n';
  const files = { 'server/authn/a.cc': '', 'tests/fuzz/server/authn/a_fuzz.cc': target };
  const check = (more) => withTree({ ...files, ...more }, checkParsers);
  assert.deepEqual(check({ [list]: '# head\n\nserver/authn/a.cc  server_a_fuzz\n' }), []);
  const one = (more, pattern) => {
    const found = check(more);
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0], pattern);
  };
  one({}, /is missing/);
  one({ [list]: 'server/authn/b.cc server_a_fuzz' }, /parsers\.txt:1: there is no server\/authn\/b\.cc/);
  one({ [list]: '#\nserver/authn/a.cc server_b_fuzz' }, /parsers\.txt:2: .* no source of server_b_fuzz/);
  one({ [list]: 'server/authn/a.cc client_a_fuzz' }, /no source of client_a_fuzz/);
  one({ [list]: 'server/authn/a.cc server_a_fuzz', 'tests/fuzz/server/authn/a_fuzz.cc': '' }, /no source of server_a_fuzz/);
  one({ [list]: 'server/authn/a.cc' }, /give a parser's file and its fuzz target/);
});

test('restore_test ran without the sanitizers: a fault test in its own process needs the label asan', () => {
  const made = (more) => `sluis_test(a_test\n  SRCS a.cc\n  DEPS ${more})\n`;
  assert.deepEqual(checkFaultLabels(made('sluis_test_fault\n  LABELS fault asan\n  TIMEOUT 300')), []);
  assert.deepEqual(checkFaultLabels(made('sluis_test_daemon\n  LABELS fault')), []);
  for (const labels of ['\n  LABELS fault', '', '\n  LABELS fault\n  TIMEOUT 300']) {
    const found = checkFaultLabels(made(`sluis_test_fault${labels}`));
    assert.equal(found.length, 1);
    assert.match(found[0], /a_test runs in its own process/);
  }
});

test('package lists and their document must agree', () => {
  const good = {
    packages: '# note\nbuild  cmake  command=cmake\n',
    npm: [
      { folder: '.', manifest: '{"devDependencies": {"tool": "1.0.0"}}', lock: '{}' },
      { folder: 'tests/x', manifest: '{"devDependencies": {"peer": "2.0.0"}}', lock: '{}' },
    ],
    document: '| `cmake` | 3.25 | builds |\n| `tool` | 1.0.0 | lints |\n| `peer` | 2.0.0 | answers too |\n',
  };
  assert.deepEqual(checkDependencies(good), []);
  const one = (change, pattern) => {
    const found = checkDependencies({ ...good, ...change });
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0], pattern);
  };
  one({ packages: `${good.packages}test  strace\n` }, /no row for strace/);
  one({ document: `${good.document}| \`gone\` | 1 | was used |\n` }, /gone is in no package list/);
  one({ document: good.document.replace(' builds ', '  ') }, /cmake: version or reason is empty/);
  const other = (at, change) => ({ npm: good.npm.map((one, i) => (i === at ? { ...one, ...change } : one)) });
  one(other(0, { manifest: '{"devDependencies": {"tool": "1.0.1"}}' }), /tool is 1\.0\.1 in package\.json/);
  one(other(1, { manifest: '{"devDependencies": {"peer": "2.1.0"}}' }), /peer is 2\.1\.0 in package\.json/);
  one(other(0, { lock: '{"resolved": "x"}' }), /^\.\/package-lock\.json: names a registry host/);
  one(other(1, { lock: '{"resolved": "x"}' }), /^tests\/x\/package-lock\.json: names a registry host/);
  one(other(0, { manifest: '{"devDependencies": {"tool": "1.0.0"}, "dependencies": {}}' }), /only devDependencies/);
});
