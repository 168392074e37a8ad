// Checks every #include and every proto import of a source tree against edges.txt.
// usage: node layers.mjs ROOT [EDGES]; prints one finding per line and exits 1 when there is one.
import { readFileSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceFiles } from './tree.mjs';

const covers = (pattern, folder) =>
  pattern.endsWith('/**')
    ? folder === pattern.slice(0, -3) || folder.startsWith(pattern.slice(0, -2))
    : folder === pattern;

const longestCovering = (patterns, folder) =>
  patterns.filter((p) => covers(p, folder)).sort((a, b) => b.length - a.length)[0];

/** Reads the data file. Throws with the line number when a line cannot be understood. */
export function parseRules(text) {
  const rules = { layers: new Map(), mirrors: new Map(), externals: [] };
  text.split('\n').forEach((raw, at) => {
    const line = raw.replace(/#.*/, '').trim();
    if (line === '') return;
    const [kind, ...rest] = line.split(/\s+/);
    const middle = rest.indexOf(kind === 'external' ? ':' : '->');
    const left = rest.slice(0, middle);
    const right = rest.slice(middle + 1);
    if (middle < 1) throw new Error(`line ${at + 1}: cannot read: ${line}`);
    if (kind === 'external') {
      const places = right.map((p) => ({ pattern: p.replace(/:1$/, ''), single: p.endsWith(':1') }));
      rules.externals.push({ prefixes: left, places });
      return;
    }
    const into = { layer: rules.layers, mirror: rules.mirrors }[kind];
    if (into === undefined || left.length !== 1) throw new Error(`line ${at + 1}: cannot read: ${line}`);
    if (into.has(left[0])) throw new Error(`line ${at + 1}: ${left[0]} is given twice`);
    into.set(left[0], right);
  });
  return rules;
}

/** Findings about the data file itself: edges to unknown folders and cycles. */
export function checkRules({ layers, mirrors }) {
  const findings = [];
  for (const [from, to] of [...layers, ...mirrors])
    for (const name of to)
      if (!layers.has(name)) findings.push(`edges: ${from} -> ${name}: no such layer`);
  const state = new Map();
  const visit = (node, path) => {
    if (state.get(node) === 'done') return;
    if (state.get(node) === 'open') {
      findings.push(`edges: cycle: ${[...path.slice(path.indexOf(node)), node].join(' -> ')}`);
      return;
    }
    state.set(node, 'open');
    for (const next of layers.get(node) ?? []) if (next !== node) visit(next, [...path, node]);
    state.set(node, 'done');
  };
  for (const node of layers.keys()) visit(node, []);
  return findings;
}

/** What a folder is allowed: {layer, mirrored, allowed}; undefined when no rule covers it. */
function placeOf(rules, folder) {
  const layer = longestCovering([...rules.layers.keys()], folder);
  if (layer !== undefined) return { layer, allowed: [layer, ...rules.layers.get(layer)] };
  const root = [...rules.mirrors.keys()]
    .filter((m) => folder === m || folder.startsWith(`${m}/`))
    .sort((a, b) => b.length - a.length)[0];
  if (root === undefined || folder === root) return undefined;
  const mirrored = longestCovering([...rules.layers.keys()], folder.slice(root.length + 1));
  if (mirrored === undefined) return undefined;
  const allowed = [mirrored, ...rules.layers.get(mirrored), ...rules.mirrors.get(root)];
  return { layer: folder, mirrored, allowed };
}

/** The includes of a file's text as {path, line}. */
export function includesOf(name, text) {
  const pattern = name.endsWith('.proto') ? /^\s*import\s+(?:public\s+)?"([^"]+)"/ : /^\s*#\s*include\s*[<"]([^>"]+)[>"]/;
  return text.split('\n').flatMap((line, at) => {
    const match = pattern.exec(line);
    return match ? [{ path: match[1], line: at + 1, quoted: line.includes('"') }] : [];
  });
}

function checkExternal(rules, header, file, place, singles) {
  const wanted = header.endsWith('.grpc.pb.h') ? 'grpcpp/' : header;
  const folder = dirname(file);
  for (const { prefixes, places } of rules.externals) {
    const prefix = prefixes.find((p) => (p.endsWith('/') ? wanted.startsWith(p) : wanted === p));
    if (prefix === undefined) continue;
    const found = places.find(
      ({ pattern }) => covers(pattern, folder) || (place.mirrored !== undefined && covers(pattern, place.mirrored)),
    );
    if (found === undefined) return `${folder} may not include ${header}`;
    if (!found.single) return undefined;
    const key = `${prefixes.join(' ')} in ${folder}`;
    const stem = file.replace(/\.[a-z]+$/, '').replace(/_test$/, '');
    if (!singles.has(key)) singles.set(key, stem);
    return singles.get(key) === stem ? undefined : `only one file of ${folder} may include ${prefix}; ${singles.get(key)} does`;
  }
  return undefined;
}

/** All findings of a tree, as `file:line: what`. */
export function checkTree(root, rules) {
  const findings = [];
  const singles = new Map();
  const ours = new Set([...rules.layers.keys()].map((l) => l.split('/')[0]));
  for (const file of sourceFiles(root, /\.(cc|h|proto)$/)) {
    const place = placeOf(rules, dirname(file));
    if (place === undefined) {
      findings.push(`${file}: no layer of edges.txt covers ${dirname(file)}`);
      continue;
    }
    for (const { path, line, quoted } of includesOf(file, readFileSync(join(root, file), 'utf8'))) {
      const at = `${file}:${line}`;
      const external = checkExternal(rules, path, file, place, singles);
      if (external !== undefined) findings.push(`${at}: ${external}`);
      if (path.startsWith('google/') || path.startsWith('..')) {
        if (path.startsWith('..')) findings.push(`${at}: write includes from the root of the repository: ${path}`);
        continue;
      }
      const target = path.startsWith('sluis/') ? `proto/${path}` : path;
      if (!ours.has(target.split('/')[0])) {
        if (quoted && !path.includes('/')) findings.push(`${at}: write includes from the root of the repository: ${path}`);
        continue;
      }
      const layer = longestCovering([...rules.layers.keys()], dirname(target)) ?? dirname(target);
      if (!place.allowed.includes(layer) && dirname(target) !== dirname(file))
        findings.push(`${at}: ${dirname(file)} may not include ${layer} (${path})`);
    }
  }
  return findings;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = process.argv[2] ?? '.';
  const edges = process.argv[3] ?? join(dirname(fileURLToPath(import.meta.url)), 'edges.txt');
  const rules = parseRules(readFileSync(edges, 'utf8'));
  const findings = [...checkRules(rules), ...checkTree(root, rules)];
  findings.forEach((f) => console.log(f));
  process.exitCode = findings.length === 0 ? 0 : 1;
}
