// How long another engine takes for one decision on the packs and requests of a line of cedar_cases.
import { readFileSync } from 'node:fs';
import { casbinEngine, cedarEngine, missing } from './packages.mjs';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_SKIPPED = 3;
const HELP = `usage: node tests/cedar/measure.mjs cedar|casbin FILE
FILE holds one line of cedar_cases. Its first tenth of cases warms up; each of the others is decided once and timed alone,
with the policies loaded before, in the form that the engine is quickest with. Only the decision is asked. Prints
{"p50_us", "p99_us", "mean_us", "cpu_us", "decisions"} as JSON. sluis_bench calls this (cedar_wasm_1000, casbin_1000).
exit codes: 0 measured; 1 the engine decides otherwise than FILE says, or failed; 2 wrong usage; 3 skipped: the npm
packages are missing
example: cedar_cases --count 10 >line.json && node tests/cedar/measure.mjs cedar line.json
`;

/** A function from the number of a case to whether it is allowed. Values are prepared outside of what is timed. */
function cedar({ policies, rules, cases }) {
  const engine = cedarEngine();
  // Those that can say something about Action::"decide".
  const judging = Object.entries(policies).filter(([id]) => id in rules && rules[id].effect !== 'require');
  const parsed = engine.preparsePolicySet('pack', { staticPolicies: Object.fromEntries(judging) });
  if (parsed.type !== 'success') throw new Error(`Cedar refuses a policy: ${JSON.stringify(parsed.errors)}`);
  const calls = cases.map(({ context }) => ({
    principal: { type: 'Asker', id: 'asker' },
    action: { type: 'Action', id: 'decide' },
    resource: { type: 'Record', id: 'record' },
    context,
    preparsedPolicySetId: 'pack',
    entities: [],
  }));
  return (at) => engine.statefulIsAuthorized(calls[at]).response.decision === 'allow';
}

const SECTIONS = ['who', 'do', 'why', 'what', 'when'];
const NONE = 'none';
const text = (word) => (/^[0-9]+$/.test(word) ? word : JSON.stringify(word));

/** One test of a rule as an expression about `value`, which is NONE where there is none. */
function expression(value, test) {
  const all = (list, compare) => [list].flat().map((word) => `${value} ${compare} ${text(word)}`);
  if (typeof test !== 'object' || Array.isArray(test)) return `(${all(test, '==').join(' || ')})`;
  if (test.not_in !== undefined) return all([test.not_in, NONE].flat(), '!=').join(' && ');
  // A word is neither less nor more than a number, so NONE passes no bound.
  const bounds = [test.min === undefined ? [] : all(test.min, '>='), test.max === undefined ? [] : all(test.max, '<=')];
  return bounds.flat().join(' && ');
}

/**
 * A rule is a policy whose condition is an expression, which casbin compiles once. Measured as well: a column for each
 * attribute and a function of ours that says whether a value passes; it took twice as long.
 */
async function casbin({ rules, cases }) {
  const { newEnforcer, newModelFromString } = casbinEngine();
  const judging = Object.values(rules).filter((rule) => rule.effect !== 'require');
  const testsOf = (rule) => Object.assign({}, ...SECTIONS.map((section) => rule[section] ?? {}));
  const names = [...new Set(judging.flatMap((rule) => Object.keys(testsOf(rule))))];
  const enforcer = await newEnforcer(
    newModelFromString(`
[request_definition]
r = asked
[policy_definition]
p = rule, id, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = eval(p.rule)
`),
  );
  const condition = (rule) =>
    Object.entries(testsOf(rule))
      .map(([name, test]) => expression(`r.asked.a${names.indexOf(name)}`, test))
      .join(' && ') || 'true';
  await enforcer.addPolicies(
    judging.map((rule) => [condition(rule), rule.id, rule.effect === 'permit' ? 'allow' : 'deny']),
  );
  const valueOf = (value) => (typeof value === 'number' ? value : String(value ?? NONE));
  const requests = cases.map(({ context }) =>
    Object.fromEntries(names.map((name, at) => [`a${at}`, valueOf(context[name])])),
  );
  return (at) => enforcer.enforceSync(requests[at]);
}

async function measure(engine, line) {
  const decide = await { cedar, casbin }[engine](line);
  const times = [];
  const check = (at, allowed) => {
    if (allowed !== (line.cases[at].decision === 'allow'))
      throw new Error(`${engine} decides case ${at} of ${line.pack} otherwise than Sluis`);
  };
  const first = Math.ceil(line.cases.length / 10);
  for (let at = 0; at < first; at += 1) check(at, decide(at));
  const cpu = process.cpuUsage();
  for (let at = first; at < line.cases.length; at += 1) {
    const before = process.hrtime.bigint();
    const allowed = decide(at);
    times.push(Number(process.hrtime.bigint() - before) / 1000);
    check(at, allowed);
  }
  const { user, system } = process.cpuUsage(cpu);
  if (times.length === 0) throw new Error(`${line.pack} has too few cases to measure`);
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  times.sort((a, b) => a - b);
  const part = (share) => times[Math.floor(times.length * share)];
  const decisions = times.length;
  return { p50_us: part(0.5), p99_us: part(0.99), mean_us: mean, cpu_us: (user + system) / decisions, decisions };
}

async function main(args) {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  if (args.length !== 2 || !['cedar', 'casbin'].includes(args[0])) {
    console.error('measure.mjs: give cedar or casbin, and a file; see --help');
    return EXIT_USAGE;
  }
  const why = missing();
  if (why !== undefined) {
    console.log(`skipped: ${why}`);
    return EXIT_SKIPPED;
  }
  const line = JSON.parse(readFileSync(args[1], 'utf8').split('\n')[0]);
  console.log(JSON.stringify(await measure(args[0], line)));
  return 0;
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    console.error(`measure.mjs: ${error.message}`);
    process.exitCode = EXIT_FAILED;
  },
);
