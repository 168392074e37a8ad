// Checks that docs/dependencies.md names exactly the packages that dev-packages.txt and each package.json ask for, and that
// no lock file names a host to fetch them from.
// usage: node dependencies.mjs ROOT; prints one finding per line and exits 1 when there is one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export function checkDependencies({ packages, npm, document }) {
  const findings = [];
  const debian = packages.split('\n').filter((l) => /^[a-z]/.test(l)).map((l) => l.split(/\s+/)[1]);
  const wanted = new Map(debian.map((name) => [name, undefined]));
  for (const { folder, manifest, lock } of npm) {
    const { dependencies, devDependencies } = JSON.parse(manifest);
    if (dependencies !== undefined) findings.push(`${folder}/package.json: only devDependencies: nothing of npm is shipped`);
    for (const [name, version] of Object.entries(devDependencies ?? {})) wanted.set(name, version);
    if (/"resolved"/.test(lock)) findings.push(`${folder}/package-lock.json: names a registry host; .npmrc keeps it out`);
  }
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
  return findings;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (name) => readFileSync(join(process.argv[2] ?? '.', name), 'utf8');
  const findings = checkDependencies({
    packages: read('dev-packages.txt'),
    npm: ['.', 'tests/cedar'].map((folder) => ({
      folder,
      manifest: read(join(folder, 'package.json')),
      lock: read(join(folder, 'package-lock.json')),
    })),
    document: read('docs/dependencies.md'),
  });
  findings.forEach((f) => console.log(f));
  process.exitCode = findings.length === 0 ? 0 : 1;
}
