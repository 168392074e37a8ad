// ./dev is run in a tree of its own with pretended tools, so that what it counts, says and exits with can be seen.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const COMMANDS = ['build', 'demo', 'check', 'test', 'bench', 'fuzz', 'soak', 'cedar', 'proto-baseline'];
const GOOD_CTEST = 'case "$*" in *-N*) echo "Total Tests: 3";; *) echo "100% tests passed, 0 tests failed out of 3";; esac';

/** Runs ./dev in a small tree; tools maps a command to the body of the shell script that stands for it. */
function dev(args, { tools = {}, files = {}, packages = '' } = {}) {
  const tree = mkdtempSync(join(tmpdir(), 'dev-'));
  try {
    copyFileSync(join(ROOT, 'dev'), join(tree, 'dev'));
    writeFileSync(join(tree, 'dev-packages.txt'), packages);
    const all = { git: ':', cmake: ':', ctest: GOOD_CTEST, 'dpkg-query': ':', ...tools };
    mkdirSync(join(tree, 'tools'));
    for (const [name, body] of Object.entries(all))
      writeFileSync(join(tree, 'tools', name), `#!/bin/bash\n${body}\n`, { mode: 0o755 });
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, name)), { recursive: true });
      writeFileSync(join(tree, name), text, { mode: 0o755 });
    }
    // No locale, no HOME and a closed stdin, as some CI machines have it.
    const env = { PATH: `${join(tree, 'tools')}:/usr/bin:/bin`, CI: 'true' };
    const run = spawnSync('bash', ['-c', './dev "$@" <&-', 'dev', ...args], { cwd: tree, env, encoding: 'utf8' });
    const lines = run.stdout.trimEnd().split('\n');
    return { status: run.status, out: run.stdout, err: run.stderr, last: lines[lines.length - 1] };
  } finally {
    rmSync(tree, { recursive: true });
  }
}

test('help names every command, and each has help with an example', () => {
  const general = dev(['help']);
  assert.equal(general.status, 0);
  for (const command of COMMANDS) {
    assert.match(general.out, new RegExp(`^  ${command} `, 'm'));
    const { status, out } = dev([command, '--help']);
    assert.equal(status, 0, command);
    assert.match(out, new RegExp(`^usage: \\./dev ${command}[^]*^example: \\./dev ${command}`, 'm'));
  }
});

test('wrong usage exits 2', () => {
  for (const args of [['nonsense'], ['test', 'x'], ['build', 'x'], ['check', 'x'], ['fuzz', 'a', 'b'], ['soak', 'x']])
    assert.equal(dev(args).status, 2, args.join(' '));
});

test('all well: exit 0, the tests of ctest counted one by one, the sum on the last line', () => {
  const { status, last, out, err } = dev(['test']);
  // Steps: format, asan build, 3 asan tests, release build, 3 release tests.
  assert.equal(last, '9 passed, 0 failed', out + err);
  assert.equal(status, 0);
  assert.match(out, /demo +none yet/);
});

test('failing tests: exit 1, their number on the last line, the end of the log shown', () => {
  const ctest = 'echo the reason; echo "67% tests passed, 1 tests failed out of 3"; exit 8';
  const { status, last, out } = dev(['test'], { tools: { ctest } });
  assert.equal(last, '7 passed, 2 failed');
  assert.equal(status, 1);
  assert.match(out, /the reason/);
});

test('ctest that finds no test is a failure', () => {
  const ctest = 'echo "No tests were found!!!"; exit 8';
  const { status, last } = dev(['test'], { tools: { ctest } });
  assert.equal(last, '3 passed, 2 failed');
  assert.equal(status, 1);
});

test('a failed build fails its tests too', () => {
  const cmake = 'case "$*" in *asan*) exit 1;; esac';
  assert.equal(dev(['test'], { tools: { cmake } }).last, '5 passed, 2 failed');
});

test('a kind of test with sources but without registered tests is a failure', () => {
  const ctest = GOOD_CTEST.replace('*-N*)', '*"-N -L fault"*) echo "Total Tests: 0";; *-N*)');
  const run = dev(['test'], { tools: { ctest }, files: { 'tests/fault/disk_test.cc': '', 'tests/e2e/a_test.sh': '' } });
  assert.equal(run.last, '10 passed, 1 failed', run.out);
  assert.match(run.out, /fault has tests +FAILED/);
});

test('a demonstration that fails is a failure', () => {
  const run = dev(['test'], { files: { 'deploy/demo/run.sh': '#!/bin/bash\nexit 1\n' } });
  assert.equal(run.last, '9 passed, 1 failed', run.out);
});

test('a missing package that cannot be installed exits 3', () => {
  const tools = { 'apt-get': 'echo "no network"; exit 100' };
  const run = dev(['build'], { packages: 'build  some-library-dev\n', tools });
  assert.equal(run.status, 3);
  assert.match(run.err, /apt-get install -y --no-install-recommends some-library-dev/);
});

test('a build that makes no program is a failure', () => {
  assert.equal(dev(['build']).status, 1);
  assert.equal(dev(['build'], { files: { 'build/release/bin/sluis': '' } }).status, 0);
});

test('a package is not asked for when it is installed, or its command is there, or the group is another', () => {
  const packages = 'build  lib-a\nbuild  some-shell  command=bash\nfuzz  lib-b\n';
  const tools = { 'dpkg-query': 'echo -n "lib-a:amd64:installed "', 'apt-get': 'exit 100' };
  const files = { 'build/release/bin/sluis': '' };
  assert.equal(dev(['build'], { packages, tools, files }).status, 0);
  assert.equal(dev(['fuzz'], { packages, tools }).status, 3);
});

test('the comparison with another engine exits as it ended, and with 3 when npm cannot fetch it', () => {
  const files = { 'tests/cedar/package-lock.json': '{}', 'tests/cedar/node_modules/x': '' };
  const cedar = (tools) => dev(['cedar', '--count', '5'], { files, tools: { npm: ':', node: ':', ...tools } });
  assert.equal(cedar({}).status, 0);
  assert.match(cedar({ node: 'echo "asked: $*"' }).out, /asked: tests\/cedar\/compare\.mjs --count 5/);
  assert.equal(cedar({ node: 'exit 1' }).status, 1);
  assert.equal(cedar({ node: 'exit 2' }).status, 2);
  assert.equal(cedar({ npm: 'exit 1' }).status, 3);
});

test('a soak without the other engine says so and does not count it; one with it does', () => {
  const soak = (node) =>
    dev(['soak'], { files: { 'build/release/bin/sluis_bench': '#!/bin/bash\n' }, tools: { node, nproc: 'echo 2' } });
  const without = soak('case "$*" in *packages.mjs) echo "skipped: it is not there"; exit 3;; esac; exit 1');
  assert.match(without.out, /^cedar +skipped: it is not there$/m);
  assert.equal(without.last, '4 passed, 0 failed', without.out);
  assert.equal(soak(':').last, '5 passed, 0 failed');
  assert.equal(soak('case "$*" in *compare.mjs) exit 1;; esac').last, '4 passed, 1 failed');
});
