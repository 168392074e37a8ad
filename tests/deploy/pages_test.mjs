// The pages that people act on: a path, command, metric or word of health that they name is there, and none is missing.
// usage: node pages_test.mjs ROOT [SLUIS]
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const [root, sluis] = process.argv.slice(2);
const read = (path) => readFileSync(join(root, path), 'utf8');
const runbook = read('deploy/runbook.md');
const all = (pattern, text) => [...new Set([...text.matchAll(pattern)].map((found) => found[1]))];

test('every file that the threat model leans on is there', () => {
  const paths = all(/`((?:server|client|crypto|policies|deploy|tests|proto|docs)\/[A-Za-z0-9_./-]+)`/g, read('docs/threat-model.md'));
  assert.ok(paths.length > 20, String(paths.length));
  assert.deepEqual(paths.filter((path) => !existsSync(join(root, path))), []);
});

test('the runbook names every metric, every word of health and every exit code, and no other metric', () => {
  const metrics = all(/"(sluis_[a-z_]+)"/g, read('server/rpc/metrics.cc')).sort();
  assert.ok(metrics.length >= 7, metrics.join(' '));
  assert.deepEqual(all(/`(sluis_[a-z_]+)(?:\{[a-z,]*\})?`/g, runbook).sort(), metrics);
  const proto = read('proto/sluis/node/v1/status.proto');
  const words = all(/"([a-z_]+)"/g, /Why not, as a fixed code: (.*)/.exec(proto)[1]);
  assert.ok(words.length >= 4);
  assert.deepEqual(words.filter((word) => !runbook.includes(`- \`${word}\`:`)), []);
  const codes = [...all(/^constexpr int k[A-Za-z]+ = (\d+);$/gm, read('server/main.cc')), '70'];
  assert.deepEqual(codes.filter((code) => !new RegExp(`^\\| ${code} \\|`, 'm').test(runbook)), []);
});

test('the runbook has a remedy for everything doctor can find', { skip: !sluis && 'the command is not built' }, () => {
  const doctor = readdirSync(join(root, 'client/cli')).filter((name) => /^(node|exchange)_doctor.*\.cc$/.test(name))
    .map((name) => read(join('client/cli', name))).join('\n');
  const found = all(/"(doctor\.[a-z_]+)"/g, doctor)
    .filter((word) => !/^doctor\.(mark_|remedy_|own_certificate|node_certificate|ca$|log_key$|partnership_mandate$)/.test(word));
  assert.ok(found.length >= 10, found.join(' '));
  assert.deepEqual(found.filter((word) => !runbook.includes(`\`${word}\``)), []);
});

/** Commands of the runbook, as words; a line that ends in a backslash goes on. */
function commands() {
  const text = runbook.replace(/\\\n\s*/g, ' ').replace(/`(sluis (?:node|user|mandate|partnership|log|signal) [^`]*)`/g, '\n$1\n');
  return [...text.matchAll(/^.*?(?:-- )?\bsluis ((?:node|user|mandate|partnership|log|signal) [a-z]+)( .*)?$/gm)]
    .filter(([line]) => /^(\s*|\s*runuser -u sluis -- )sluis /.test(line))
    .map(([, name, rest]) => ({ name: name.split(' '), options: all(/(--[a-z-]+)/g, rest ?? '') }));
}

test('every command of the runbook exists with the options that it is given', { skip: !sluis && 'the command is not built' }, () => {
  const found = commands();
  assert.ok(found.length >= 8, JSON.stringify(found));
  for (const { name, options } of found) {
    const run = spawnSync(sluis, [...name, '--help'], { encoding: 'utf8' });
    assert.equal(run.status, 0, `sluis ${name.join(' ')} --help: ${run.stderr}`);
    for (const option of options) assert.ok(run.stdout.includes(option), `sluis ${name.join(' ')} has no ${option}`);
  }
});
