// Keys, certificates and configuration of a node for tests, made with OpenSSL and docs/formats.md alone.
// usage: node make_node.mjs ETC DATA PACKS OPENSSL_CONF [ETC_SEEN_BY_THE_NODE]
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ORGANISATION = 'lindervaart.example';
const [etc, data, packs, opensslConf, seen = etc] = process.argv.slice(2);

const lp = (bytes) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, Buffer.from(bytes)]);
};
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

/** Public key and text of a key file (docs/formats.md) that is valid for a year. */
function keyFile(purpose) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const bytes = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url');
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d, 'base64url');
  const id = sha256(Buffer.concat([lp('sluis/key-id/v1'), lp(purpose), bytes])).subarray(0, 8).toString('hex');
  const end = new Date(Date.now() + 365 * 86_400_000).toISOString().slice(0, 10);
  const text = `sluis-key/v1\npurpose: ${purpose}\nid: ${id}\nnot-after: ${end}\nseed: ${seed.toString('base64')}\n`;
  return { bytes, text };
}

const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
const newKey = (path) => openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', path);

const tls = join(etc, 'tls');
mkdirSync(tls, { recursive: true, mode: 0o700 });
mkdirSync(join(etc, 'ca'), { recursive: true, mode: 0o700 });
const caKey = join(etc, 'ca', 'ca.key');
newKey(caKey);
openssl('req', '-x509', '-key', caKey, '-subj', `/CN=${ORGANISATION} CA`, '-days', '365', '-out', join(tls, 'ca.crt'));

/** A certificate of the organisation's CA with one URI and a name. */
function certify(keyPath, certificatePath, uri) {
  newKey(keyPath);
  const extensions = join(etc, 'ca', 'extensions.cnf');
  writeFileSync(extensions, `subjectAltName=URI:${uri},DNS:localhost,IP:127.0.0.1\n`);
  const request = join(etc, 'ca', 'request.pem');
  openssl('req', '-new', '-key', keyPath, '-subj', '/CN=node', '-out', request);
  openssl('x509', '-req', '-in', request, '-CA', join(tls, 'ca.crt'), '-CAkey', caKey, '-CAcreateserial', '-days', '90',
    '-extfile', extensions, '-out', certificatePath);
}
certify(join(tls, 'tls.key'), join(tls, 'tls.crt'), `spiffe://${ORGANISATION}/node`);
certify(join(etc, 'ca', 'user.key'), join(etc, 'ca', 'user.crt'), `spiffe://${ORGANISATION}/user/an`);

const log = keyFile('log');
writeFileSync(join(etc, 'log.key'), log.text, { mode: 0o600 });
writeFileSync(join(etc, 'sluisd.yaml'), `organisation: ${ORGANISATION}
kind: municipality
secrecy_regime: false
data_folder: ${data}/node
backup_folder: ${data}/backup
user_listener:
  address: 127.0.0.1:0
  certificate_folder: ${seen}/tls
keys:
  log: ${seen}/log.key
  mandate_public: ${keyFile('mandate').bytes.toString('base64')}
packs:
  statutory: ${packs}/statutory.be.yaml
  partnership: ${packs}/livc-r.vaartland.yaml
loopback:
  address: 127.0.0.1:0
ballast_mb: 1
openssl_conf: ${opensslConf}
`, { mode: 0o640 });
