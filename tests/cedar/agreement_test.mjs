// The comparison must be able to fail: each answer that another engine could give wrongly must be found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { difference, smallest } from './agreement.mjs';

const ALLOWED = { context: { n: 3, r: 'p' }, decision: 'allow', determining: ['P-2', 'P-1'], requires: ['R-1'], shown: ['f'] };
const FORBIDDEN = { context: { n: 3, r: 'p' }, decision: 'deny', determining: ['F-1'], requires: [], shown: [] };
const FIELDS = ['f', 'g'];

const yes = (...reason) => ({ decision: 'allow', reason, errors: [] });
const no = (...reason) => ({ decision: 'deny', reason, errors: [] });
const AGREES = { decide: yes('P-1', 'P-2'), 'show f': yes('P-1'), 'show g': no(), oblige: yes('R-1') };
const found = (answers, expected = ALLOWED) => difference(expected, FIELDS, (action) => answers[action]);

test('the same answers are no difference, in whatever order their rules come', () => {
  assert.equal(found(AGREES), undefined);
  const denied = { decide: no('F-1'), 'show f': no('F-1'), 'show g': no('F-1') };
  assert.equal(found(denied, FORBIDDEN), undefined);
});

test('every kind of difference is found', () => {
  const wrong = (action, answer) => assert.equal(found({ ...AGREES, [action]: answer })?.action, action);
  wrong('decide', no('P-1', 'P-2'));
  wrong('decide', yes('P-1'));
  wrong('decide', yes('P-1', 'P-3'));
  wrong('decide', yes('P-1', 'P-2', 'P-3'));
  wrong('show f', no());
  wrong('show g', yes('P-1'));
  wrong('oblige', no());
  wrong('oblige', yes('R-1', 'R-2'));
  assert.equal(found({ ...AGREES, decide: no('F-2') }, FORBIDDEN).action, 'decide');
});

test('a policy that could not be evaluated is a difference though the answer is right', () => {
  const errors = [{ policyId: 'F-9', error: { message: 'no such attribute' } }];
  assert.equal(found({ ...AGREES, decide: { ...yes('P-1', 'P-2'), errors } }).action, 'decide');
});

test('what is written down holds the rules that differ and what they test, and no more', () => {
  const line = {
    pack: 'pack 5 of seed 1',
    policies: { 'P-1': 'permit 1', 'P-2': 'permit when { context["n"] >= 3 };', 'F-1': 'forbid' },
    rules: { 'P-1': { id: 'P-1' }, 'P-2': { id: 'P-2' }, 'F-1': { id: 'F-1' } },
  };
  const apart = smallest(found({ ...AGREES, decide: yes('P-1') }), ALLOWED, line);
  assert.deepEqual(apart.policies, { 'P-2': line.policies['P-2'] });
  assert.deepEqual(apart.rules, { 'P-2': { id: 'P-2' } });
  assert.deepEqual(apart.context, { n: 3 });
  assert.equal(apart.pack, line.pack);
});
