// Compares proto/ with tests/proto/baseline.binpb, which is committed so that a shallow clone without tags can check too.
// usage: node breaking.mjs; exits 1 when something stored, signed or called in the old form would no longer be understood.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buf, ROOT } from './buf.mjs';

const baseline = join(ROOT, 'tests', 'proto', 'baseline.binpb');
if (!existsSync(baseline)) {
  console.log('tests/proto/baseline.binpb is missing; write it with ./dev proto-baseline');
  process.exitCode = 1;
} else {
  const { status, output } = buf(ROOT, 'breaking', '--against', baseline);
  process.stdout.write(output);
  if (status !== 0) console.log('breaks tests/proto/baseline.binpb; see ./dev proto-baseline --help');
  process.exitCode = status === 0 ? 0 : 1;
}
