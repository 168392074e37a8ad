// Asks Cedar what Sluis answered on random packs and requests: decision, determining rules, fields, requires.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { difference, smallest } from './agreement.mjs';
import { cedarEngine, missing } from './packages.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_SKIPPED = 3;
const HELP = `usage: node tests/cedar/compare.mjs [--count N] [--seed S] [--cases PROGRAM] [--out FILE]
Compares N (20000) answers of Sluis with those of Cedar on random pairs of a pack and a request, drawn from seed S (1) by
PROGRAM (build/release/bin/cedar_cases). Stops at the first difference and writes the rules it is about to FILE
(build/cedar/difference.json).
exit codes: 0 all agree; 1 a difference, or the comparison failed; 2 wrong usage; 3 skipped: the npm packages are missing
example: node tests/cedar/compare.mjs --count 1000 --seed 7
`;
const PROGRESS_EVERY = 5_000;
// Under fewer of each kind of answer agreeing would say little.
const LEAST_SHARE = 0.05;

function parse(args) {
  const options = {
    '--count': '20000',
    '--seed': '1',
    '--cases': join(ROOT, 'build/release/bin/cedar_cases'),
    '--out': join(ROOT, 'build/cedar/difference.json'),
  };
  for (let at = 0; at < args.length; at += 2) {
    const value = args[at + 1];
    const number = args[at] === '--count' || args[at] === '--seed';
    if (!(args[at] in options) || value === undefined || (number && !/^[0-9]{1,9}$/.test(value)))
      return { wrong: `'${args.slice(at, at + 2).join(' ')}' is not understood; see --help` };
    options[args[at]] = value;
  }
  return { options };
}

/** Answers for the policies of one line; they are parsed once. */
function engineFor(cedar, line) {
  const parsed = cedar.preparsePolicySet('pack', { staticPolicies: line.policies });
  if (parsed.type !== 'success') throw new Error(`${line.pack}: Cedar refuses a policy: ${JSON.stringify(parsed.errors)}`);
  return (context, action) => {
    const answer = cedar.statefulIsAuthorized({
      principal: { type: 'Asker', id: 'asker' },
      action: { type: 'Action', id: action },
      resource: { type: 'Record', id: 'record' },
      context,
      preparsedPolicySetId: 'pack',
      entities: [],
    });
    if (answer.type !== 'success') throw new Error(`${line.pack}: Cedar refuses a request: ${JSON.stringify(answer.errors)}`);
    return { decision: answer.response.decision, ...answer.response.diagnostics };
  };
}

async function compare(options) {
  const cedar = cedarEngine();
  const wanted = Number(options['--count']);
  console.log(`cedar ${cedar.getCedarVersion()}, ${wanted} pairs, seed ${options['--seed']}`);
  const cases = spawn(options['--cases'], ['--count', options['--count'], '--seed', options['--seed']], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => {
    cases.on('error', (error) => resolve(`cannot be started: ${error.message}`));
    cases.on('close', (status) => resolve(status === 0 ? undefined : `ended with exit status ${status}`));
  });
  const seen = { pairs: 0, packs: 0, policies: 0, allowed: 0, forbidden: 0, unpermitted: 0, shown: 0, required: 0 };
  const began = Date.now();
  for await (const text of createInterface({ input: cases.stdout })) {
    const line = JSON.parse(text);
    const ask = engineFor(cedar, line);
    seen.packs += 1;
    seen.policies += Object.keys(line.policies).length;
    for (const expected of line.cases) {
      const found = difference(expected, line.fields, (action) => ask(expected.context, action));
      if (found !== undefined) {
        cases.kill();
        return { seen, found: smallest(found, expected, line) };
      }
      seen.pairs += 1;
      seen.shown += expected.shown.length;
      seen.required += expected.requires.length;
      if (expected.decision === 'allow') seen.allowed += 1;
      else if (expected.determining.length > 0) seen.forbidden += 1;
      else seen.unpermitted += 1;
      if (seen.pairs % PROGRESS_EVERY === 0) console.log(`${seen.pairs} pairs, ${Math.round((Date.now() - began) / 1000)} s`);
    }
  }
  const failed = await ended;
  if (failed !== undefined) throw new Error(`${options['--cases']} ${failed}`);
  if (seen.pairs !== wanted) throw new Error(`${seen.pairs} pairs came, ${wanted} were asked for`);
  return { seen };
}

/** Which kinds of answers are too rare for a comparison to say much; none of a few pairs. */
function rare(seen) {
  if (seen.pairs < 1000) return [];
  return ['allowed', 'forbidden', 'unpermitted'].filter((kind) => seen[kind] < seen.pairs * LEAST_SHARE);
}

async function main(args) {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  const { wrong, options } = parse(args);
  if (wrong !== undefined) {
    console.error(`compare.mjs: ${wrong}`);
    return EXIT_USAGE;
  }
  const why = missing();
  if (why !== undefined) {
    console.log(`skipped: ${why}`);
    return EXIT_SKIPPED;
  }
  const { seen, found } = await compare(options);
  if (found !== undefined) {
    mkdirSync(dirname(options['--out']), { recursive: true });
    writeFileSync(options['--out'], `${JSON.stringify(found, null, 2)}\n`);
    console.log(JSON.stringify(found, null, 2));
    console.log(`${found.pack}: Sluis and Cedar differ after ${seen.pairs} pairs; written to ${options['--out']}`);
    return EXIT_FAILED;
  }
  console.log(
    `${seen.pairs} of ${seen.pairs} pairs agree: ${seen.packs} packs of ${seen.policies} policies; ` +
      `${seen.allowed} allowed, ${seen.forbidden} forbidden, ${seen.unpermitted} permitted by nothing; ` +
      `${seen.shown} fields shown, ${seen.required} requires`,
  );
  if (rare(seen).length > 0) console.error(`compare.mjs: too few pairs are ${rare(seen).join(', ')} to say much`);
  return rare(seen).length > 0 ? EXIT_FAILED : 0;
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    console.error(`compare.mjs: ${error.message}`);
    process.exitCode = EXIT_FAILED;
  },
);
