// Checks that every message of proto/sluis says who may see it ("Seen by", in its own comment or in that of each of its
// fields) and that every field has a comment. Whether what a comment says is true, only a reader can tell.
// usage: node comments.mjs; exits 1 and names what lacks it.
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './buf.mjs';

const MESSAGE = /^(\s*)message\s+(\w+)\s*\{(.*)$/;
const FIELD = /^\s*(?:optional\s+|repeated\s+)?(?:map\s*<[^>]*>|[\w.]+)\s+(\w+)\s*=\s*\d+/;
const SEEN = /\bSeen by\b/;

/** What is missing in one proto file, as "path:line: message". Lines are those of the message or field. */
export function lacking(text, path) {
  const found = [];
  const open = [];  // messages and other blocks around the present line, innermost last
  let comment = '';
  const close = (message) => {
    if (message.name && !message.seen && !(message.fields.length > 0 && message.fields.every((f) => SEEN.test(f)))) {
      found.push(`${path}:${message.line}: message ${message.name} does not say who it is seen by`);
    }
  };
  text.split('\n').forEach((line, i) => {
    const code = line.replace(/\/\/.*$/, '').trimEnd();
    if (code === '') {
      // Only what stands directly above belongs to what follows.
      const said = line.match(/^\s*\/\/\s?(.*)$/);
      comment = said ? `${comment} ${said[1]}`.trim() : '';
      return;
    }
    const message = code.match(MESSAGE);
    const around = open.at(-1);
    if (message) {
      open.push({ name: message[2], line: i + 1, seen: SEEN.test(comment), fields: [] });
    } else if (around?.name && FIELD.test(code)) {
      if (comment === '') found.push(`${path}:${i + 1}: field ${around.name}.${code.match(FIELD)[1]} has no comment`);
      around.fields.push(comment);
    } else if (/^\s*oneof\s+\w+\s*\{/.test(code)) {
      open.push({ ...around, oneof: true });  // its fields are those of the message around it
    } else if (code.endsWith('{')) {
      open.push({});
    }
    for (let n = [...code].filter((c) => c === '}').length; n > 0; n--) {
      const block = open.pop();
      if (block && !block.oneof) close(block);
    }
    comment = '';
  });
  return found;
}

/** All proto files below a folder, sorted. */
export function protoFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((e) => {
      const path = join(folder, e.name);
      return e.isDirectory() ? protoFiles(path) : e.name.endsWith('.proto') ? [path] : [];
    })
    .sort();
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const files = protoFiles(join(ROOT, 'proto', 'sluis'));
  const found = files.flatMap((file) => lacking(readFileSync(file, 'utf8'), relative(ROOT, file)));
  for (const line of found) console.log(line);
  if (files.length === 0) console.log('there is no proto file below proto/sluis');
  process.exitCode = files.length === 0 || found.length > 0 ? 1 : 0;
}
