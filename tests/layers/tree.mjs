// Walks a source tree without asking git, so that it works in an export and in a checkout that belongs to somebody else.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const NOT_SOURCES = new Set(['build', 'node_modules', '.git', '.cache']);

/** Paths relative to root, sorted, whose name matches the pattern. */
export function sourceFiles(root, pattern) {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !NOT_SOURCES.has(entry.name)) walk(path);
      else if (entry.isFile() && pattern.test(entry.name)) found.push(path);
    }
  };
  walk('');
  return found.sort();
}
