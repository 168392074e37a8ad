// The systemd unit: accepted by systemd, tight by its own measure, in step with the exit codes of main.cc, and not so
// tight that the daemon could not work: what it asks of the kernel is compared with what the unit allows.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');
const SLUISD = process.argv[2];
const UNIT = readFileSync(join(ROOT, 'deploy/systemd/sluisd.service'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'sluis-unit-'));
after(() => rmSync(folder, { recursive: true }));

const values = (key) => [...UNIT.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((line) => line[1]);

/** The unit with the daemon of this build, as systemd-analyze wants a program that is there. */
function unitFile() {
  const path = join(folder, 'sluisd.service');
  writeFileSync(path, UNIT.replace('/usr/bin/sluisd', SLUISD));
  return path;
}

/** Runs systemd-analyze; a machine without it fails the test by name. */
function analyze(...args) {
  const run = spawnSync('systemd-analyze', args, { encoding: 'utf8', env: { ...process.env, SYSTEMD_COLORS: '0' } });
  assert.ifError(run.error);
  return run;
}

test('systemd accepts the unit without a remark', () => {
  const run = analyze('verify', '--man=no', unitFile());
  assert.equal(run.stderr + run.stdout, '');
  assert.equal(run.status, 0);
});

test('its exposure is at most 1.5 of 10', () => {
  const run = analyze('security', '--offline=true', '--threshold=15', unitFile());
  assert.equal(run.status, 0, run.stdout);
});

test('what a restart cannot help is not restarted: the exit codes of main.cc', () => {
  const main = readFileSync(join(ROOT, 'server/main.cc'), 'utf8');
  const codes = ['kBadConfiguration', 'kCannotStart', 'kDidNotServe']
    .map((name) => new RegExp(`constexpr int ${name} = (\\d+);`).exec(main)[1]);
  assert.deepEqual(values('RestartPreventExitStatus'), [codes.join(' ')]);
  assert.deepEqual(values('Restart'), ['on-failure']);
});

/** Names of the calls in a set of systemd, sets inside it opened up. */
function callsOf(word) {
  if (!word.startsWith('@')) return [word];
  const text = analyze('syscall-filter', '--no-pager', word).stdout;
  return text.split('\n').slice(1).map((line) => line.trim()).filter((line) => line && !line.startsWith('#')).flatMap(callsOf);
}

function allowedCalls() {
  const allowed = new Set();
  for (const line of values('SystemCallFilter')) {
    const takenAway = line.startsWith('~');
    for (const word of line.replace('~', '').split(' '))
      for (const call of callsOf(word)) takenAway ? allowed.delete(call) : allowed.add(call);
  }
  return allowed;
}

/** One handshake and a word of the loopback endpoint, so that the trace holds a daemon at work. */
async function visit(etc, ports) {
  const file = (name) => readFileSync(join(etc, name));
  await new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: ports.listening, ALPNProtocols: ['h2'], servername: 'localhost',
      ca: file('tls/ca.crt'), cert: file('ca/user.crt'), key: file('ca/user.key') });
    socket.once('error', reject);
    socket.once('data', () => { socket.destroy(); resolve(); });
  });
  assert.equal(await (await fetch(`http://127.0.0.1:${ports.loopback}/healthz`)).text(), 'serving\n');
}

test('the daemon at work asks for nothing that the unit forbids', async () => {
  const etc = join(folder, 'etc');
  execFileSync(process.execPath, [join(HERE, 'make_node.mjs'), etc, join(folder, 'data'), join(ROOT, 'policies/packs'),
    join(ROOT, 'deploy/openssl.cnf')]);
  const trace = join(folder, 'trace');
  const daemon = spawn('strace', ['-f', '-qq', '-o', trace, SLUISD, '--config', join(etc, 'sluisd.yaml')],
    { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  daemon.stderr.on('data', (chunk) => { said += chunk; });
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  const ports = await new Promise((resolve, reject) => {
    let out = '';
    daemon.once('error', reject);
    daemon.once('exit', () => reject(new Error(`sluisd ended: ${said}`)));
    daemon.stdout.on('data', (chunk) => {
      out += chunk;
      const both = /listening (\d+)\nloopback (\d+)\n/.exec(out);
      if (both) resolve({ listening: Number(both[1]), loopback: Number(both[2]) });
    });
  });
  const pid = Number(/^\d+/.exec(readFileSync(trace, 'utf8'))[0]);
  try {
    await visit(etc, ports);
  } finally {
    process.kill(pid, 'SIGTERM');
    assert.equal(await ended, 0, said);
  }

  const lines = readFileSync(trace, 'utf8').split('\n').map((line) => line.replace(/^\d+ +/, ''));
  const asked = new Set(lines.map((line) => /^([a-z0-9_]+)\(/.exec(line)?.[1]).filter(Boolean));
  assert.ok(asked.size > 40 && asked.has('fdatasync') && asked.has('accept4'), [...asked].join(' '));
  const allowed = allowedCalls();
  assert.deepEqual([...asked].filter((call) => !allowed.has(call)), []);
  assert.deepEqual(lines.filter((line) => /PROT_WRITE\|PROT_EXEC|^(pkey_)?mprotect\(.*PROT_EXEC/.test(line)), []);
  const families = new Set(lines.map((line) => /^socket\((AF_[A-Z0-9]+)/.exec(line)?.[1]).filter(Boolean));
  const known = values('RestrictAddressFamilies')[0].split(' ');
  assert.deepEqual([...families].filter((family) => !known.includes(family)), []);
});
