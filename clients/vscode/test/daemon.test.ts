// Against a daemon that the surrounding test started; alone, these say that they are skipped.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DaemonError, DaemonSettings, postFile } from '../src/daemon';
import { namesOf } from '../src/names';
import { Proposal } from '../src/proposal';

const file = process.env.CROMWELL_TEST_FILE ?? '';
const skip = file === '' ? 'no daemon' : false;

function settings(serverUrl = process.env.CROMWELL_TEST_SERVER ?? ''): DaemonSettings {
  return { serverUrl, socket: '', tokenFile: '' };
}

async function edit(proposal: Proposal, more: object): Promise<void> {
  const body = {
    instruction: 'Use a with statement', content: proposal.text, temperature: 0, stream: true,
    selection: { start_line: 4, end_line: 8 }, ...more,
  };
  const signal = new AbortController().signal;
  const events = postFile(settings(), '/v1/edit', namesOf(file, undefined), body, signal);
  for await (const event of events) proposal.take(event);
}

test('the events of an edit become the text that it proposes', { skip }, async () => {
  const text = readFileSync(file, 'utf8');
  const proposal = new Proposal(text);
  await edit(proposal, {});
  assert.equal(proposal.finished, 'stop');
  assert.match(proposal.shown(), /with open\(path/);
  const [before, after] = [text.split('\n'), proposal.shown().split('\n')];
  assert.deepEqual(after.slice(0, 3), before.slice(0, 3));
  assert.deepEqual(after.slice(-8), before.slice(-8));
});

test('a refusal is told in the words of the daemon', { skip }, async () => {
  const proposal = new Proposal(readFileSync(file, 'utf8'));
  await assert.rejects(edit(proposal, { max_tokens: 3 }), /max_tokens is 3/);
  const selection = { start_line: 1, end_line: 999 };
  await assert.rejects(edit(proposal, { selection }), DaemonError);
});

test('without a daemon it says how to start one', async () => {
  const signal = new AbortController().signal;
  const nobody = settings('http://127.0.0.1:1');
  const events = postFile(nobody, '/v1/edit', namesOf('/a', '/'), {}, signal);
  await assert.rejects(async () => {
    for await (const event of events) assert.fail(event.name);
  }, /cromwell serve/);
});

test('an address that is none is refused', async () => {
  for (const url of ['nonsense', 'https://127.0.0.1:1', '']) {
    const signal = new AbortController().signal;
    const events = postFile(settings(url), '/v1/edit', namesOf('/a', '/'), {}, signal);
    await assert.rejects(async () => {
      for await (const event of events) assert.fail(event.name);
    }, /expected http:\/\/HOST:PORT/);
  }
});

test('a name that begins with dots is beneath its folder', () => {
  assert.deepEqual(namesOf('/w/..a/..b', '/w'), [
    { workspace: '/w', file: '..a/..b' }, { workspace: '/w/..a', file: '..b' },
  ]);
  assert.deepEqual(namesOf('/w/b', '/w/other'), [{ workspace: '/w', file: 'b' }]);
});
