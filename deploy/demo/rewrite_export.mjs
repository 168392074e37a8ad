// What could be done to a copy of an export. For the demo only; written from docs/formats.md, "Export file".
//   node rewrite_export.mjs IN OUT                one bit of one entry is changed
//   node rewrite_export.mjs IN OUT LOG-KEY-FILE   what an administrator could who holds every key, with an export made for a
//                                                 partner: each entry that concerns the partner is replaced by the hash of a
//                                                 harmless one, the tree is made anew, and signed with the log's own key
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const [from, to, keyFile] = process.argv.slice(2);
const bytes = readFileSync(from);
let at = 'sluis-export/v1\n'.length;
const take = (n) => bytes.subarray(at, (at += n));
const field = () => take(take(4).readUInt32BE());
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const lp = (b) => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(b.length);
  return Buffer.concat([size, b]);
};

const origin = field();
const verifierKey = field();
const checkpoint = field().toString();
const count = take(8);
const complete = take(1);

// RFC 6962: an inner node is the hash of 0x01 and both halves; the left half is the largest full one.
function root(hashes) {
  if (hashes.length === 1) return hashes[0];
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return sha256(Buffer.from([1]), root(hashes.slice(0, split)), root(hashes.slice(split)));
}

const HASH_ONLY = 2;
let harmless;
let replaced = 0;
const hashes = [];
for (let left = count.readBigUInt64BE(); left > 0n; --left) {
  if (take(1)[0] >= HASH_ONLY) {
    harmless = take(32);
    hashes.push(harmless);
    continue;
  }
  const leaf = take(184);
  if (!keyFile) {
    // In the commitment of what was done. The export is a view on `bytes`, so that it is written out changed.
    leaf[30] ^= 1;
    writeFileSync(to, bytes);
    console.log(`In de kopie is één bit van handeling ${leaf.readBigUInt64BE(8)} veranderd.`);
    process.exit(0);
  }
  for (let part = 0; part < 5; ++part) {
    const state = take(1)[0];
    if (state === 1) { take(32); field(); }
    if (state === 2) take(8);
  }
  hashes.push(harmless ?? sha256(Buffer.from([0]), leaf));
  ++replaced;
}

const seed = Buffer.from(/^seed: (.*)$/m.exec(readFileSync(keyFile, 'utf8'))[1], 'base64');
const key = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8',
});
const [name, size] = checkpoint.split('\n');
const keyId = Buffer.from(/ ([^ \n]+)\n$/.exec(checkpoint)[1], 'base64').subarray(0, 4);
const text = `${name}\n${size}\n${root(hashes).toString('base64')}\n`;
const signature = Buffer.concat([keyId, sign(null, Buffer.from(text), key)]).toString('base64');
const note = Buffer.from(`${text}\n\u2014 ${name} ${signature}\n`);
writeFileSync(to, Buffer.concat([bytes.subarray(0, 16), lp(origin), lp(verifierKey), lp(note), count, complete,
  ...hashes.flatMap((hash) => [Buffer.from([HASH_ONLY]), hash])]));
console.log(`In de kopie zijn ${replaced} handelingen vervangen door een onschuldige, en is alles herrekend en opnieuw ondertekend.`);
