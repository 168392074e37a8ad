// A second verifier of log exports, written from docs/formats.md alone and with the standard library of Node 18 alone:
// two programs that share no code must reach the same verdict.
// usage: node verify.mjs [--key VKEY] [--seen FILE]... EXPORT     one verdict; exit 0 without findings, 1 with
//        node verify.mjs --batch FILE     per line {"export": path, "key": text or null, "seen": [text]}; one verdict each
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PARTS = ['act', 'actor', 'subject', 'decision', 'counterpart'];
const ERASURE = 6n;
const EM_DASH = '\u2014';

const sha256 = (...pieces) => {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
};
const u32 = (value) => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
};

// --- tree: the leaf hashes of complete subtrees, largest first -------------------------------------------------------

class Tree {
  size = 0;
  peaks = []; // { hash, leaves }

  add(hash) {
    let peak = { hash, leaves: 1 };
    while (this.peaks.length > 0 && this.peaks.at(-1).leaves === peak.leaves) {
      const left = this.peaks.pop();
      peak = { hash: sha256('\x01', left.hash, peak.hash), leaves: left.leaves * 2 };
    }
    this.peaks.push(peak);
    this.size += 1;
  }

  root() {
    if (this.peaks.length === 0) return sha256();
    return this.peaks.map((peak) => peak.hash).reduceRight((right, left) => sha256('\x01', left, right));
  }
}

// --- text formats ----------------------------------------------------------------------------------------------------

function utf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function base64(text) {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

function decimal(text) {
  if (!/^(0|[1-9][0-9]*)$/.test(text)) return null;
  const value = BigInt(text);
  return value < 1n << 64n ? value : null;
}

const hasControl = (text) => /[\x00-\x09\x0b-\x1f]/.test(text);

function isKeyName(name) {
  const length = Buffer.byteLength(name);
  return length >= 1 && length <= 255 && !hasControl(name) && !/[\n+]/.test(name) && !/\p{White_Space}/u.test(name);
}

// {name, id, key} or null.
function parseKey(text) {
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  if (first < 0 || second < 0) return null;
  const name = text.slice(0, first);
  const id = text.slice(first + 1, second);
  const typed = base64(text.slice(second + 1));
  if (!isKeyName(name) || typed === null || typed.length !== 33 || typed[0] !== 1) return null;
  if (sha256(name, '\n', typed).subarray(0, 4).toString('hex') !== id) return null;
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), typed.subarray(1)]);
  return { name, id, key: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
}

// {text, signatures: [{name, id, signature}]} or null.
function parseNote(bytes) {
  const note = utf8(bytes);
  if (note === null || hasControl(note) || !note.endsWith('\n')) return null;
  const gap = note.lastIndexOf('\n\n');
  if (gap < 0) return null;
  const lines = note.slice(gap + 2).split('\n').slice(0, -1);
  if (lines.length < 1 || lines.length > 100) return null;
  const signatures = [];
  for (const line of lines) {
    const match = /^\u2014 ([^ ]*) (.*)$/su.exec(line);
    const blob = match === null ? null : base64(match[2]);
    if (blob === null || blob.length < 5 || !isKeyName(match[1])) return null;
    signatures.push({ name: match[1], id: blob.subarray(0, 4).toString('hex'), signature: blob.subarray(4) });
  }
  return { text: note.slice(0, gap + 1), signatures };
}

// {origin, size, root} or null.
function parseCheckpoint(text) {
  const lines = text.split('\n');
  if (lines.length !== 4 || lines[3] !== '') return null;
  const size = decimal(lines[1]);
  const root = base64(lines[2]);
  if (!isKeyName(lines[0]) || lines[0].includes(EM_DASH) || size === null || root?.length !== 32) return null;
  if (size === 0n && !root.equals(sha256())) return null;
  return { origin: lines[0], size, root };
}

// 'good', 'bad' or 'none'.
function judgeSignatures(note, key) {
  const own = note.signatures.filter((line) => line.name === key.name && line.id === key.id);
  if (own.length === 0) return 'none';
  const good = own.every(
    (line) => line.signature.length === 64 && verifySignature(null, Buffer.from(note.text), key.key, line.signature),
  );
  return good ? 'good' : 'bad';
}

// Operation of an act part: the last field 1 with a varint; null when the bytes are no message.
function operationOf(bytes) {
  let at = 0;
  let operation = 0n;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (at >= bytes.length) return null;
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return null;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === null || tag >> 3n === 0n) return null;
    const type = tag & 7n;
    if (type === 0n) {
      const value = varint();
      if (value === null) return null;
      if (tag >> 3n === 1n) operation = BigInt.asUintN(32, value);
    } else if (type === 1n) at += 8;
    else if (type === 5n) at += 4;
    else if (type === 2n) {
      const length = varint();
      if (length === null) return null;
      at += Number(length);
    } else return null;
    if (at > bytes.length) return null;
  }
  return operation;
}

// --- the file --------------------------------------------------------------------------------------------------------

class Stop extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

class File {
  at = 0;

  constructor(bytes) {
    this.bytes = bytes;
  }
  take(count) {
    if (this.bytes.length - this.at < count) throw new Stop('truncated');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
  u8 = () => this.take(1)[0];
  u32 = () => this.take(4).readUInt32BE();
  u64 = () => this.take(8).readBigUInt64BE();
  lp(min, max) {
    const length = this.u32();
    if (length < min || length > max) throw new Stop('malformed');
    return this.take(length);
  }

  header() {
    const magic = Buffer.from('sluis-export/v1\n');
    const start = this.bytes.subarray(0, magic.length);
    if (!start.equals(magic.subarray(0, start.length))) throw new Stop('malformed');
    this.take(magic.length);
    const header = { origin: this.lp(1, 255), key: this.lp(0, 1024), checkpoint: this.lp(0, 65536), count: this.u64() };
    if (header.count >= 1n << 63n) throw new Stop('malformed');
    header.complete = this.u8();
    if (header.complete > 1) throw new Stop('malformed');
    return header;
  }

  entry() {
    const kind = this.u8();
    if (kind === 2 || kind === 3) return { hash: this.take(32), damaged: kind === 3 };
    if (kind !== 1) throw new Stop('malformed');
    const leaf = this.take(184);
    return { leaf, parts: PARTS.map(() => this.part()) };
  }

  part() {
    const state = this.u8();
    if (state === 1) return { state: 'open', salt: this.take(32), bytes: this.lp(0, 8192) };
    if (state === 2) return { state: 'erased', by: this.u64() };
    if (state > 3) throw new Stop('malformed');
    return { state: state === 0 ? 'closed' : 'missing' };
  }
}

// --- verdict ---------------------------------------------------------------------------------------------------------

export function verifyExport(bytes, givenKey, seenTexts) {
  const findings = [];
  const found = (kind, index = null, part = null) => findings.push({ index, part, kind });
  const tree = new Tree();
  let root = null;
  let place = null;
  try {
    const file = new File(bytes);
    const header = file.header();
    const origin = utf8(header.origin);

    const key = parseKey(givenKey ?? utf8(header.key) ?? '');
    if (key === null) found('bad-key');
    const note = parseNote(header.checkpoint);
    const checkpoint = note === null ? null : parseCheckpoint(note.text);
    if (checkpoint === null) found('bad-checkpoint');
    else {
      if (checkpoint.origin !== origin) found('wrong-origin');
      if (checkpoint.size !== header.count) found('count');
      const verdict = key === null ? 'good' : judgeSignatures(note, key);
      if (verdict === 'bad') found('bad-signature');
      else if (verdict === 'none' || (key !== null && key.name !== origin)) found('wrong-key');
    }

    const seen = [];
    for (const text of seenTexts) {
      const seenNote = parseNote(Buffer.from(text));
      const head = seenNote === null ? null : parseCheckpoint(seenNote.text);
      const good = key !== null && head !== null && judgeSignatures(seenNote, key) === 'good';
      if (!good || head.origin !== key.name || head.origin !== origin) found('bad-seen');
      else if (head.size > 0n) seen.push(head);
    }

    let confirmed = null;
    let expectedIndex = 0n;
    let lastTime = 0n;
    const claims = new Map(); // index of an erasure entry → parts said to be erased by it
    for (place = 0; BigInt(place) < header.count; place += 1) {
      const entry = file.entry();
      const operation = judgeEntry(entry, place);
      for (const { index, part } of claims.get(BigInt(place)) ?? []) {
        if (operation !== undefined && operation !== ERASURE) found('erasure', index, part);
      }
      const heads = seen.filter((head) => head.size === BigInt(place + 1));
      const matching = heads.filter((head) => head.root.equals(tree.root()));
      // A confirmed one of the same size counts first only for the sizes after it.
      const before = confirmed;
      if (matching.length > 0) confirmed = place + 1;
      const others = heads.filter((head) => !matching.includes(head));
      for (const head of others) {
        const after = matching.some((match) => Buffer.compare(match.root, head.root) < 0);
        found('rewritten', after ? confirmed : before);
      }
    }
    place = null;
    if (file.at < bytes.length) found('trailing');
    for (const head of seen) if (head.size > header.count) found('shorter-than-seen');
    root = tree.root();
    if (checkpoint !== null && checkpoint.size === header.count && !checkpoint.root.equals(root)) found('root', confirmed);

    // Returns the operation of an act part that is open and matches, null for no message, undefined otherwise.
    function judgeEntry(entry, at) {
      if (entry.hash !== undefined) {
        tree.add(entry.hash);
        expectedIndex = BigInt.asUintN(64, expectedIndex + 1n);
        if (entry.damaged) found('damaged', at);
        else if (header.complete === 1) found('hash-only', at);
        return undefined;
      }
      const { leaf } = entry;
      tree.add(sha256('\x00', leaf));
      if (leaf.readUInt32BE(0) !== 1 || leaf.readUInt32BE(4) !== 0) found('leaf-format', at);
      const index = leaf.readBigUInt64BE(8);
      if (index !== BigInt(at) && index !== expectedIndex) found('index', at);
      expectedIndex = BigInt.asUintN(64, index + 1n);
      const time = leaf.readBigUInt64BE(16);
      if (time < lastTime) found('time', at);
      lastTime = time;
      let operation;
      entry.parts.forEach((part, number) => {
        const name = PARTS[number];
        if (part.state === 'missing') found('missing', at, name);
        if (part.state === 'erased') {
          if (name !== 'subject') found('erasure-part', at, name);
          else if (part.by < BigInt(at) || part.by >= header.count) found('erasure-range', at, name);
          else claims.set(part.by, [...(claims.get(part.by) ?? []), { index: at, part: name }]);
        }
        if (part.state !== 'open') return;
        const committed = leaf.subarray(24 + 32 * number, 56 + 32 * number);
        const label = Buffer.concat([Buffer.from('sluis/part/v1'), u32(header.origin.length), header.origin]);
        const length = u32(part.bytes.length);
        const matches = sha256(label, Buffer.from([number + 1]), part.salt, length, part.bytes).equals(committed);
        if (!matches) found('commitment', at, name);
        else if (number === 0) operation = operationOf(part.bytes);
      });
      return operation;
    }
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    found(error.kind, place);
  }
  const order = (finding) => [finding.index ?? -1, PARTS.indexOf(finding.part), finding.kind];
  findings.sort((a, b) => {
    const [left, right] = [order(a), order(b)];
    for (let i = 0; i < 3; i += 1) if (left[i] !== right[i]) return left[i] < right[i] ? -1 : 1;
    return 0;
  });
  return { ok: findings.length === 0, entries: tree.size, root: root?.toString('hex') ?? null, findings };
}

// --- command line ----------------------------------------------------------------------------------------------------

function main(args) {
  if (args[0] === '--batch' && args.length === 2) {
    for (const line of readFileSync(args[1], 'utf8').split('\n').filter((text) => text !== '')) {
      const { export: path, key, seen } = JSON.parse(line);
      console.log(JSON.stringify(verifyExport(readFileSync(path), key, seen)));
    }
    return 0;
  }
  let key = null;
  const seen = [];
  const paths = [];
  for (let i = 0; i < args.length; i += 1) {
    if (args[i] === '--key') key = args[++i];
    else if (args[i] === '--seen') seen.push(readFileSync(args[++i], 'utf8'));
    else paths.push(args[i]);
  }
  if (paths.length !== 1) {
    console.error('usage: node verify.mjs [--key VKEY] [--seen FILE]... EXPORT | --batch FILE');
    return 2;
  }
  const verdict = verifyExport(readFileSync(paths[0]), key, seen);
  console.log(JSON.stringify(verdict));
  return verdict.ok ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
