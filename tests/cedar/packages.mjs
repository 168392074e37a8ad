// The other engines, when npm has put them here. Nothing of them is needed to build or test the programs.
// usage: node packages.mjs; prints "skipped: why" and exits 3 when they cannot be used.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));

/** Why the packages of package.json cannot be used; undefined when they can. */
export function missing() {
  const wanted = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8')).devDependencies;
  for (const [name, version] of Object.entries(wanted)) {
    const at = join(HERE, 'node_modules', name, 'package.json');
    const advice = './dev cedar fetches the npm packages of tests/cedar';
    if (!existsSync(at)) return `${name} is not there; ${advice}`;
    const present = JSON.parse(readFileSync(at, 'utf8')).version;
    if (present !== version) return `${name} is version ${present}, not ${version}; ${advice}`;
  }
  return undefined;
}

const require = createRequire(import.meta.url);
export const cedarEngine = () => require('@cedar-policy/cedar-wasm/nodejs');
export const casbinEngine = () => require('casbin');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const why = missing();
  if (why !== undefined) console.log(`skipped: ${why}`);
  process.exitCode = why === undefined ? 0 : 3;
}
