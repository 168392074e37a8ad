// What two engines say about one request, compared. Knows neither of them.

const sorted = (list) => [...list].sort();
const same = (a, b) => a.length === b.length && a.every((word, at) => word === b[at]);

/**
 * What differs, or undefined. `expected` is a case of cedar_cases; `ask(action)` answers {decision, reason, errors}.
 * An error of a policy is a difference: Cedar passes such a policy over, so that answers could agree by accident.
 */
export function difference(expected, fields, ask) {
  const differs = (action, ours, answer) => ({
    action,
    sluis: ours,
    cedar: { decision: answer.decision, determining: sorted(answer.reason) },
    errors: answer.errors,
  });
  const asked = (action, decision, determining) => {
    const answer = ask(action);
    const wrong =
      answer.errors.length > 0 ||
      answer.decision !== decision ||
      (determining !== undefined && !same(sorted(answer.reason), sorted(determining)));
    return wrong ? differs(action, { decision, determining }, answer) : undefined;
  };
  const decided = asked('decide', expected.decision, expected.determining);
  if (decided !== undefined) return decided;
  for (const field of fields) {
    const shown = asked(`show ${field}`, expected.shown.includes(field) ? 'allow' : 'deny');
    if (shown !== undefined) return shown;
  }
  if (expected.decision !== 'allow') return undefined;
  return asked('oblige', expected.requires.length > 0 ? 'allow' : 'deny', expected.requires);
}

/**
 * The rules on which the answers differ, as pack and as Cedar, with the attributes that these rules test: enough to see
 * by eye who is right. When the rules are the same and the answers are not, all rules that were named.
 */
export function smallest(found, expected, line) {
  const ours = new Set(found.sluis.determining ?? []);
  const theirs = new Set(found.cedar.determining);
  const named = [...new Set([...ours, ...theirs, ...found.errors.map((error) => error.policyId)])];
  const apart = named.filter((id) => ours.has(id) !== theirs.has(id));
  const policies = {};
  for (const id of apart.length > 0 ? apart : named) policies[id] = line.policies[id];
  const rules = {};
  for (const id of Object.keys(policies)) {
    const rule = id.split(' ')[0];
    rules[rule] = line.rules[rule];
  }
  const texts = Object.values(policies).join('\n');
  const context = Object.fromEntries(
    Object.entries(expected.context).filter(([name]) => texts === '' || texts.includes(JSON.stringify(name))),
  );
  return { pack: line.pack, ...found, rules, policies, context };
}
