// Checks that docs/dependencies.md names exactly the packages that dev-packages.txt and package.json ask for, and that the
// lock file names no host to fetch them from.
// usage: node dependencies.mjs ROOT; prints one finding per line and exits 1 when there is one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export function checkDependencies({ packages, manifest, lock, document }) {
  const findings = [];
  const debian = packages.split('\n').filter((l) => /^[a-z]/.test(l)).map((l) => l.split(/\s+/)[1]);
  const npm = JSON.parse(manifest);
  if (npm.dependencies !== undefined) findings.push('package.json: only devDependencies: nothing of npm is shipped');
  const wanted = new Map([
    ...debian.map((name) => [name, undefined]),
    ...Object.entries(npm.devDependencies ?? {}),
  ]);
  const rows = new Map(
    [...document.matchAll(/^\| `([^`]+)` \| ([^|]*?) \| ([^|]*?) \|$/gm)].map(([, name, version, reason]) => [
      name,
      { version, reason },
    ]),
  );
  for (const [name, version] of wanted) {
    const row = rows.get(name);
    if (row === undefined) findings.push(`docs/dependencies.md: no row for ${name}`);
    else if (row.version === '' || row.reason === '') findings.push(`docs/dependencies.md: ${name}: version or reason is empty`);
    else if (version !== undefined && row.version !== version)
      findings.push(`docs/dependencies.md: ${name} is ${version} in package.json, ${row.version} here`);
  }
  for (const name of rows.keys())
    if (!wanted.has(name)) findings.push(`docs/dependencies.md: ${name} is in no package list`);
  if (/"resolved"/.test(lock)) findings.push('package-lock.json: names a registry host; .npmrc keeps it out');
  return findings;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (name) => readFileSync(join(process.argv[2] ?? '.', name), 'utf8');
  const findings = checkDependencies({
    packages: read('dev-packages.txt'),
    manifest: read('package.json'),
    lock: read('package-lock.json'),
    document: read('docs/dependencies.md'),
  });
  findings.forEach((f) => console.log(f));
  process.exitCode = findings.length === 0 ? 0 : 1;
}
