// Runs buf on a folder that holds buf.yaml and proto/.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** {status, output}; throws when buf could not be started at all, so that its absence never looks like a refusal. */
export function buf(folder, ...args) {
  const run = spawnSync(join(ROOT, 'node_modules', '.bin', 'buf'), args, { cwd: folder, encoding: 'utf8' });
  if (run.error) throw new Error(`buf cannot be started; run ./dev check: ${run.error.message}`);
  return { status: run.status, output: run.stdout + run.stderr };
}
